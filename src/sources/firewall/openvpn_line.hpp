// Lines of OpenVPN's own log that tell of a client that was not let in, without their envelope.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/address.hpp"

namespace davylamp::firewall {

// OpenVPN writes several lines about one failure. `fault`: this line is one by itself. `consequence`: it follows from a
// fault of the same client that was told before, and is one by itself only without. `detail`: one that names it
// follows; it says why, or who.
enum class FailureRole : std::uint8_t { fault, consequence, detail };

// `why` is one of: tls_error, auth_failed, certificate_rejected, bad_packet, connection_reset, server_full,
// too_frequent.
struct OpenvpnFailure {
  std::string_view why;
  FailureRole role = FailureRole::fault;
  std::optional<model::Endpoint> peer;
  std::string_view transport;  // "udp", "tcp", where the line tells it
  std::string user;            // that was tried, where the line tells it
};

std::optional<OpenvpnFailure> read_openvpn_line(std::string_view message);

// Who the line is about: "name/192.0.2.1:1194 ", "udp6:[2001:db8::1]:1194 ", "[AF_INET]192.0.2.1:1194" ..., and what
// is behind it.
struct OpenvpnSpeaker {
  std::optional<model::Endpoint> peer;
  std::string_view transport;
  std::string_view name;
  std::string_view rest;
};
OpenvpnSpeaker read_openvpn_speaker(std::string_view message);

}  // namespace davylamp::firewall
