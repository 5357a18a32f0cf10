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

// Where collectors of other hosts find the daemon that answers.
struct UplinkEnd {
  std::uint16_t listen_port = 0;
  std::optional<std::string> fingerprint_sha256;  // of its certificate, "AB:CD:..."; absent: it has none yet
};
BOOST_DESCRIBE_STRUCT(UplinkEnd, (), (listen_port, fingerprint_sha256))

struct NodeList {
  std::vector<NodeView> items;
  std::optional<UplinkEnd> uplink;  // for admins; absent: this daemon does not listen for collectors
};
BOOST_DESCRIBE_STRUCT(NodeList, (), (items, uplink))

struct EnrolRequest {
  std::optional<std::string> reason;
  std::optional<bool> replace;  // absent: a node that is enrolled already keeps its token, and 409 is answered
};
BOOST_DESCRIBE_STRUCT(EnrolRequest, (), (reason, replace))

// Shown once: only its hash is kept.
struct IssuedNodeToken {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(IssuedNodeToken, (), (token))

}  // namespace davylamp::api
