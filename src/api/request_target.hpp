// The parts of a request that name things: target, cookies, host. Pure and strict: what has two readings is refused.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace davylamp::api {

struct RequestTarget {
  std::string path;                   // decoded UTF-8 that begins with '/'; no "." or ".." segment, no control byte
  std::vector<std::string> segments;  // what stood between the slashes, each decoded: "/a%2Fb/c" is "a/b" and "c"
  std::map<std::string, std::string> query;  // decoded; of a repeated name the last
  bool operator==(const RequestTarget&) const = default;
};

// The target of a request line (RFC 9112, 3.2): origin-form, or absolute-form with http or https, whose host is ignored
// in favour of the Host header; and "*" (of OPTIONS) as "/". Refuses, as "bad_target": bad percent-encoding, a
// backslash or control byte in the path, dot segments, text that is not UTF-8, more than 64 query names. An encoded
// slash is decoded like any byte, but stays in its segment (a user's name may hold one); an encoded backslash is let
// pass below /api/ only, where no path names a file (names of Windows domains hold one).
base::Result<RequestTarget> parse_target(std::string_view text);

// %XX decoding; '+' becomes a space only in a query. Nothing when an escape is broken.
enum class PercentContext { path, query };
std::optional<std::string> percent_decode(std::string_view text, PercentContext context);

// The Cookie header (RFC 6265, 4.2.1). Pairs without '=' or without a name are skipped; of a repeated name the first
// counts, which browsers send for the most specific path.
std::map<std::string, std::string> parse_cookies(std::string_view header);

struct Authority {
  std::string host;                   // lower case, without the brackets of an IPv6 address and without a final dot
  std::optional<std::uint16_t> port;  // as written; absent means the scheme's own
  bool operator==(const Authority&) const = default;
};

// "example.org:8080", "[::1]:8080", "127.0.0.1": the Host header, and an Origin without its scheme.
base::Result<Authority> parse_authority(std::string_view text);

}  // namespace davylamp::api
