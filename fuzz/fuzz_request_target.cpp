// What a stranger names in a request: no target, cookie or host crashes a parser, an accepted path has nothing in it
// that could climb or split a line, and it reads back from its own encoding to the same.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/compression.hpp"
#include "api/etag.hpp"
#include "api/origin_rules.hpp"
#include "api/request_target.hpp"
#include "base/text.hpp"

namespace {

using namespace davylamp;

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/') {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    }
  }
  return out;
}

void require(bool held) {
  if (!held) std::abort();
}

void check_target(std::string_view text) {
  const auto target = api::parse_target(text);
  if (!target) return;
  require(target->path.starts_with('/') && base::is_utf8(target->path));
  require(std::ranges::none_of(target->path, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\\'; }));
  for (const auto segment : base::split(target->path, '/')) require(segment != "." && segment != "..");
  std::string again = percent_encode(target->path) + "?";
  for (const auto& [name, value] : target->query) again += percent_encode(name) + "=" + percent_encode(value) + "&";
  const auto reread = api::parse_target(again);
  require(reread && reread->path == target->path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  check_target(text);
  for (const auto& [name, value] : api::parse_cookies(text)) require(!name.empty() && !value.contains(';'));
  const auto authority = api::parse_authority(text);
  require(!authority || (!authority->host.empty() && !authority->host.contains('/') && !authority->host.contains('@')));
  if (!authority) require(!api::host_allowed({true, {}}, text));
  static_cast<void>(api::origin_is_foreign(text, "localhost:8080"));
  static_cast<void>(api::accepts_gzip(text));
  static_cast<void>(api::etag_matches(text, "W/\"00\""));
  return 0;
}
