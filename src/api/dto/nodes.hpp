// What is asked and answered about nodes.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace davylamp::api {

// A model::Node without its token's hash.
struct NodeView {
  std::string name;
  base::Time enrolled_at{};
  std::string enrolled_by;
  std::optional<base::Time> last_seen_at;
  std::optional<std::string> version;
  std::optional<std::int64_t> skew_ms;
  std::optional<std::string> connected_to;
};
BOOST_DESCRIBE_STRUCT(NodeView, (), (name, enrolled_at, enrolled_by, last_seen_at, version, skew_ms, connected_to))

struct NodeList {
  std::vector<NodeView> items;
};
BOOST_DESCRIBE_STRUCT(NodeList, (), (items))

// Shown once: only its hash is kept.
struct IssuedNodeToken {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(IssuedNodeToken, (), (token))

}  // namespace davylamp::api
