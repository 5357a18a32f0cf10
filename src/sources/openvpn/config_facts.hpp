// What a server's configuration says about the server, for its card. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sources/openvpn/server_config.hpp"

namespace davylamp::openvpn {

// OpenVPN's version as far as it decides anything; {2, 6} for "OpenVPN 2.6.14 x86_64-pc-linux-gnu".
struct Release {
  int major = 0;
  int minor = 0;
  auto operator<=>(const Release&) const = default;
};
std::optional<Release> parse_release(std::string_view version);

// "server", "client" or "point_to_point".
std::string mode_of(const ServerConfig& config);

// "udp 0.0.0.0:1194", "tcp [::]:443"; several, joined by ", ", where 2.7 has several `local` lines.
std::string listens_on(const ServerConfig& config);

// How many virtual IPv4 addresses the server can give out (helper.c, pool.c); nothing where it has no pool of its own.
// The default topology is net30 before 2.7 and subnet from then on; an unknown release counts as one before.
std::optional<std::uint64_t> pool_size(const ServerConfig& config, std::optional<Release> release);

// False where the configuration rules data channel offload out; nothing where it leaves that to the host.
std::optional<bool> dco_by_config(const ServerConfig& config);

// A certificate, a bundle or a revocation list: a file, or text within the configuration.
struct CertificateSource {
  std::string what;  // "certificate", "ca", "crl"
  std::string path;  // of the file, or of the configuration that holds the text
  std::optional<std::string> text;
};
std::vector<CertificateSource> certificate_sources(const ServerConfig& config);

struct ConfigFacts {
  std::string mode;
  std::string listens_on;
  std::optional<std::uint64_t> pool_size;
  std::optional<bool> dco;
};
ConfigFacts config_facts(const ServerConfig& config, std::optional<Release> release);

// What is known to go wrong with this release, data channel offload and configuration, each a sentence with what to do.
// `config` may be null: not known.
std::vector<std::string> known_faults(std::optional<Release> release, std::optional<bool> dco,
                                      const ServerConfig* config);

}  // namespace davylamp::openvpn
