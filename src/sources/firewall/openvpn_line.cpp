#include "sources/firewall/openvpn_line.hpp"

#include <array>

#include "base/text.hpp"

namespace davylamp::firewall {
namespace {

using enum FailureRole;

constexpr std::size_t longest_speaker = 300;
constexpr std::size_t longest_user = 256;

struct Peer {
  model::Endpoint endpoint;
  std::string_view transport;
};

std::optional<model::Address> address_of(std::string_view text) {
  // "fe80::1%eth0": the interface is ours, not the peer's.
  const auto address = model::Address::parse(text.substr(0, text.find('%')));
  if (!address) return std::nullopt;
  return *address;
}

std::optional<model::Endpoint> endpoint_of(std::string_view address, std::string_view port) {
  const auto parsed = address_of(address);
  const auto number = base::parse_number<std::uint16_t>(port);
  if (!parsed || !number) return std::nullopt;
  return model::Endpoint{*parsed, number};
}

// `ported`: behind [AF_INET6] the port follows the last colon, without brackets around the address.
std::optional<model::Endpoint> read_endpoint(std::string_view text, bool ported) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    const auto address = text.substr(1, close - 1);
    const auto behind = text.substr(close + 1);
    if (behind.starts_with(':')) return endpoint_of(address, behind.substr(1));
    const auto parsed = behind.empty() ? address_of(address) : std::nullopt;
    if (!parsed) return std::nullopt;
    return model::Endpoint{*parsed, std::nullopt};
  }
  const auto last = text.rfind(':');
  const bool v6 = last != std::string_view::npos && text.find(':') != last;
  if (last != std::string_view::npos && (!v6 || ported)) {
    if (auto endpoint = endpoint_of(text.substr(0, last), text.substr(last + 1))) return endpoint;
  }
  if (text.find_first_of(".:") == std::string_view::npos) return std::nullopt;
  const auto parsed = address_of(text);
  if (!parsed) return std::nullopt;
  return model::Endpoint{*parsed, std::nullopt};
}

// "udp4:", "tcp6-server:", "[AF_INET6]" in front of an endpoint.
std::optional<Peer> read_peer(std::string_view text) {
  Peer peer;
  bool ported = false;
  for (const std::string_view transport : {"udp", "tcp"}) {
    if (!text.starts_with(transport)) continue;
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto word = text.substr(transport.size(), colon - transport.size());
    if (!word.empty() && word != "4" && word != "6" && word != "4-server" && word != "6-server" && word != "-server")
      return std::nullopt;
    peer.transport = transport;
    text.remove_prefix(colon + 1);
  }
  for (const std::string_view family : {"[AF_INET]", "[AF_INET6]"}) {
    if (!text.starts_with(family)) continue;
    ported = true;
    text.remove_prefix(family.size());
  }
  while (!text.empty() && (text.back() == ',' || text.back() == ')' || text.back() == '.')) text.remove_suffix(1);
  const auto endpoint = read_endpoint(text, ported);
  if (!endpoint) return std::nullopt;
  peer.endpoint = *endpoint;
  return peer;
}

std::string_view word_at(std::string_view text, std::size_t at) {
  return text.substr(at, text.find(' ', at) - at);
}

// "... from [AF_INET]192.0.2.1:1194".
std::optional<Peer> peer_inside(std::string_view text) {
  for (auto at = text.find("[AF_INET"); at != std::string_view::npos; at = text.find("[AF_INET", at + 1)) {
    if (auto peer = read_peer(word_at(text, at))) return peer;
  }
  return std::nullopt;
}

std::string user_of(std::string_view name) {
  if (name == "UNDEF" || name.empty()) return {};
  return std::string(name.substr(0, longest_user));
}

// What stands between `open` and `close` behind `key`.
std::string_view between(std::string_view text, std::string_view key, std::string_view close) {
  const auto at = text.find(key);
  if (at == std::string_view::npos) return {};
  const auto value = text.substr(at + key.size());
  const auto end = value.rfind(close);
  return close.empty() || end == std::string_view::npos ? value : value.substr(0, end);
}

std::string_view until(std::string_view text, std::string_view close) {
  return text.substr(0, text.find(close));
}

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// "VERIFY ERROR: depth=0, error=certificate has expired: C=RO, CN=anna": at depth 0 the subject is the client.
std::string certificate_name(std::string_view text) {
  if (!holds(text, "depth=0")) return {};
  const auto at = text.rfind("CN=");
  if (at == std::string_view::npos) return {};
  return user_of(base::trim(until(until(text.substr(at + 3), ", serial="), ", emailAddress=")));
}

std::string named_user(std::string_view text) {
  for (const std::string_view key : {"username '", "user '", "User '", "LDAP user \"", "user \"", "username \""}) {
    const auto value = between(text, key, "");
    if (!value.empty()) return user_of(until(value, key.substr(key.size() - 1)));
  }
  return {};
}

// An LDAP name: its CN or UID.
std::string distinguished_user(std::string_view text) {
  const auto name = between(text, "DN \"", "\"");
  const auto equals = name.find('=');
  return user_of(equals == std::string_view::npos ? name : until(name.substr(equals + 1), ","));
}

using Found = std::optional<OpenvpnFailure>;

Found failure(std::string_view why, FailureRole role, std::string user = {}) {
  OpenvpnFailure found;
  found.why = why;
  found.role = role;
  found.user = std::move(user);
  return found;
}

Found read_certificate(std::string_view text) {
  const bool verify = text.starts_with("VERIFY ") && (holds(text, " ERROR") || holds(text, "error=") ||
                                                      holds(text, "is revoked") || holds(text, "FAILED"));
  if (verify) return failure("certificate_rejected", fault, certificate_name(text));
  if (text.starts_with("CRL CHECK FAILED")) return failure("certificate_rejected", fault);
  if (text.starts_with("Certificate does not have")) return failure("certificate_rejected", detail);
  if (text.starts_with("TLS Auth Error: Auth Certificate")) return failure("certificate_rejected", consequence);
  return {};
}

Found read_auth(std::string_view text) {
  if (text.starts_with("TLS Auth Error:")) return failure("auth_failed", fault, named_user(text));
  if (holds(text, "AUTH_FAILED")) {
    // "SENT CONTROL [anna]: 'AUTH_FAILED' (status=1)"
    return failure("auth_failed", consequence, user_of(between(until(text, "]: '"), "SENT CONTROL [", "")));
  }
  if (holds(text, "AUTH-PAM") && (holds(text, "failed to authenticate") || holds(text, "could not authenticate")))
    return failure("auth_failed", detail, named_user(text));
  if (text.starts_with("Incorrect password supplied for LDAP DN"))
    return failure("auth_failed", detail, distinguished_user(text));
  if (text.starts_with("LDAP user ") && holds(text, "not found"))
    return failure("auth_failed", detail, named_user(text));
  if (text.starts_with("Unable to bind as "))
    return failure("auth_failed", detail, user_of(base::trim(text.substr(18))));
  if (text.starts_with("LDAP bind failed") || text.starts_with("ldap_bind with zero-length password"))
    return failure("auth_failed", detail);
  if (base::contains_ignoring_case(text, "authentication failed for user") ||
      base::contains_ignoring_case(text, "auth failed"))
    return failure("auth_failed", detail, named_user(text));
  if (text.starts_with("TLS: Username/Password authentication failed") ||
      text.starts_with("WARNING: Failed running command (--auth-user-pass-verify)"))
    return failure("auth_failed", detail, named_user(text));
  return {};
}

Found read_tls(std::string_view text) {
  if (text.starts_with("TLS Error:") || text.starts_with("TLS_ERROR:")) {
    const bool last =
        holds(text, "TLS handshake failed") || holds(text, "TLS object ->") || holds(text, "reading acknowledgement");
    return failure("tls_error", last || text.starts_with("TLS_ERROR:") ? consequence : fault);
  }
  if (text.starts_with("OpenSSL: error:")) return failure("tls_error", consequence);
  return {};
}

Found read_packets(std::string_view text) {
  if (text.starts_with("tls-crypt unwrap error") || text.starts_with("tls-crypt-v2 unwrap error") ||
      holds(text, "packet HMAC authentication failed"))
    return failure("tls_error", detail);
  if (text.starts_with("Authenticate/Decrypt packet error") || text.starts_with("AEAD Decrypt error") ||
      text.starts_with("WARNING: Bad encapsulated packet length") || text.starts_with("Bad packet") ||
      text.starts_with("TCP/UDP packet was truncated") || holds(text, "bad packet ID"))
    return failure("bad_packet", fault);
  if (text.starts_with("Connection reset")) return failure("connection_reset", consequence);
  if (holds(text, "would exceed maximum number of clients")) return failure("server_full", fault);
  if (holds(text, "would exceed new connection frequency limit")) return failure("too_frequent", fault);
  return {};
}

}  // namespace

OpenvpnSpeaker read_openvpn_speaker(std::string_view message) {
  const auto looked_at = message.substr(0, longest_speaker);
  for (std::size_t at = 0; at != std::string_view::npos;) {
    auto word = word_at(message, at);
    auto peer = read_peer(word);
    std::string_view name = at == 0 ? std::string_view() : message.substr(0, at - 1);
    // "192.0.2.1:1194/name" is written, too.
    if (const auto slash = word.find('/'); !peer && at == 0 && slash != std::string_view::npos) {
      peer = read_peer(word.substr(0, slash));
      name = word.substr(slash + 1);
    }
    if (peer) {
      auto rest = message.substr(at + word.size());
      while (rest.starts_with(' ')) rest.remove_prefix(1);
      return {peer->endpoint, peer->transport, name, rest};
    }
    const auto slash = looked_at.find('/', at);
    at = slash == std::string_view::npos ? slash : slash + 1;
  }
  return {std::nullopt, {}, {}, message};
}

std::optional<OpenvpnFailure> read_openvpn_line(std::string_view message) {
  const auto speaker = read_openvpn_speaker(message);
  auto text = speaker.rest;
  // "MULTI: Connection from ..." and "event_wait : ..." are about no client's failure.
  if (text.starts_with("MULTI: ")) text.remove_prefix(7);
  Found found;
  for (const auto read : {read_certificate, read_auth, read_tls, read_packets}) {
    found = read(text);
    if (found) break;
  }
  if (!found) return std::nullopt;
  // One who was let in and goes is no failure.
  if (found->why == "connection_reset" && !speaker.name.empty()) return std::nullopt;
  found->peer = speaker.peer;
  found->transport = speaker.transport;
  if (const auto inside = peer_inside(text); !found->peer && inside) {
    found->peer = inside->endpoint;
    found->transport = inside->transport;
  }
  if (found->user.empty()) found->user = user_of(speaker.name);
  return found;
}

}  // namespace davylamp::firewall
