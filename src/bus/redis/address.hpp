// Where Redis is, as bus.url says it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace davylamp::redis {

// "redis://USER@HOST:6379/0", "rediss://..." with TLS, or "unix://USER@/run/redis/redis.sock?db=0".
struct Address {
  std::string host;  // a name or an address without brackets; empty with a Unix socket
  std::uint16_t port = 6379;
  std::string path;  // of a Unix socket; else empty
  bool tls = false;
  std::string user;  // empty: Redis's "default"
  std::uint32_t database = 0;

  // The error says what is wrong, and never repeats a password.
  static base::Result<Address> parse(std::string_view url);
  // For people: as it was given, whole.
  std::string to_text() const;
};

}  // namespace davylamp::redis
