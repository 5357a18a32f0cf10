// How the country firewall of a service stands.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace davylamp::model {

// Who may reach a service. `allow` and `deny` name countries ("IR") and networks ("AS64500"); an empty `allow` lets
// everybody in who is not denied. Counters are of packets from outside since `since_at`; absent where the collector may
// not read them. Until it is confirmed it ends by itself at `expires_at`.
struct FenceFacts {
  std::vector<std::string> allow;
  std::vector<std::string> deny;
  bool confirmed = false;
  std::optional<base::Time> expires_at;
  base::Time since_at{};
  std::optional<std::uint64_t> allowed_packets;
  std::optional<std::uint64_t> allowed_bytes;
  std::optional<std::uint64_t> refused_packets;
  std::optional<std::uint64_t> refused_bytes;
  bool operator==(const FenceFacts&) const = default;
};
BOOST_DESCRIBE_STRUCT(FenceFacts, (),
                      (allow, deny, confirmed, expires_at, since_at, allowed_packets, allowed_bytes, refused_packets,
                       refused_bytes))

}  // namespace davylamp::model
