// Where the PostgreSQL database is.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>

namespace davylamp::postgres {

struct Config {
  std::string url;                      // "postgresql://davylamp@db.example.org/davylamp", or key=value pairs, as libpq
  std::optional<std::string> password;  // in place of what `url` says; never in a message
  bool timescale = true;                // use the extension TimescaleDB where the server has it
};
BOOST_DESCRIBE_STRUCT(Config, (), (url, timescale))

}  // namespace davylamp::postgres
