// The configuration of what lies between daemons: the bus, and collectors of other hosts.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace davylamp::app {

// How the roles meet. "loopback:" within one process; "redis://USER@HOST:6379/0" or "rediss://..." (TLS) between many.
struct BusConfig {
  std::string url = "loopback:";
  std::optional<std::string> password_file;
  std::optional<std::string> ca_file;           // PEM: whose certificates are trusted, in place of the host's
  std::optional<std::string> certificate_file;  // a client's certificate, for a Redis that asks for one
  std::optional<std::string> key_file;
  std::string prefix = "davylamp";  // of every key: two installations may share a Redis
  std::uint32_t shards = 8;         // into how many parts the work is divided; the same in every daemon
  std::uint32_t lease_seconds = 5;  // a worker that is silent for so long is replaced
};
BOOST_DESCRIBE_STRUCT(BusConfig, (),
                      (url, password_file, ca_file, certificate_file, key_file, prefix, shards, lease_seconds))

// Collectors of other hosts: `listen` is the daemon's end, the rest is the collector's.
struct UplinkConfig {
  std::optional<std::string> listen;  // "0.0.0.0:7443"; absent: nobody may connect
  std::optional<std::string> tls_certificate;
  std::optional<std::string> tls_key;
  std::optional<std::string> client_ca_file;  // collectors must show a certificate of it, besides their token
  std::optional<std::string> connect;         // "hub.example.org:7443"; absent: the daemon of this host
  std::optional<std::string> token_file;
  std::optional<std::string> ca_file;           // absent: the host's
  std::optional<std::string> fingerprint;       // SHA-256 of the daemon's certificate, in place of a CA
  std::optional<std::string> certificate_file;  // the collector's own
  std::optional<std::string> key_file;
  std::optional<std::string>
      spool_directory;  // what could not be delivered is kept here; absent: `spool` in the state directory
  std::uint64_t spool_bytes = 268'435'456;
};
BOOST_DESCRIBE_STRUCT(UplinkConfig, (),
                      (listen, tls_certificate, tls_key, client_ca_file, connect, token_file, ca_file, fingerprint,
                       certificate_file, key_file, spool_directory, spool_bytes))

}  // namespace davylamp::app
