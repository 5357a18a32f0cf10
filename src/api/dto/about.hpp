#pragma once

#include <boost/describe.hpp>
#include <string>
#include <vector>

namespace davylamp::api {

// Whose work is shown, as its licence asks.
struct Attribution {
  std::string text;
  std::string url;
};
BOOST_DESCRIBE_STRUCT(Attribution, (), (text, url))

// What anyone may know before signing in. `setup_needed`: there is no account yet.
struct About {
  std::string name = "Davylamp";
  std::string version;
  bool setup_needed = false;
  std::string host;
  bool lab = false;  // some of the servers are simulated
  std::vector<Attribution> attribution;
};
BOOST_DESCRIBE_STRUCT(About, (), (name, version, setup_needed, host, lab, attribution))

}  // namespace davylamp::api
