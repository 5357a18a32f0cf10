// What the path is measured to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace davylamp::probe {

// With a port: by TCP connections. Without: by ICMP echo, and where that is not allowed or not answered by TCP
// connections to `fallback_port`.
struct PathTarget {
  std::string name;  // as reports call it
  std::string host;
  std::optional<std::uint16_t> port;
  std::uint16_t fallback_port = 443;
  bool operator==(const PathTarget&) const = default;

  // "example.org", "192.0.2.1:443", "[2001:db8::1]:443", "2001:db8::1". Error "bad_target": a sentence.
  static base::Result<PathTarget> parse(std::string_view text);
};

}  // namespace davylamp::probe
