// A host whose collector may deliver over the network.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace davylamp::model {

// Kept without its token: only the SHA-256 of it, in lowercase hexadecimal.
struct Node {
  std::string name;
  std::string token_hash;
  base::Time enrolled_at{};
  std::string enrolled_by;
  std::optional<base::Time> last_seen_at;   // when its collector last connected or was still there
  std::optional<std::string> version;       // of that collector
  std::optional<std::int64_t> skew_ms;      // its clock less ours, as last measured
  std::optional<std::string> connected_to;  // the daemon that has it; absent: nobody
  bool operator==(const Node&) const = default;
};
BOOST_DESCRIBE_STRUCT(Node, (),
                      (name, token_hash, enrolled_at, enrolled_by, last_seen_at, version, skew_ms, connected_to))

}  // namespace davylamp::model
