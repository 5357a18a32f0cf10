#include "api/etag.hpp"

#include <sodium.h>

#include <array>

#include "base/text.hpp"

namespace davylamp::api {
namespace {

std::string_view opaque(std::string_view tag) {
  tag = base::trim(tag);
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

}  // namespace

std::string make_etag(std::string_view content) {
  std::array<unsigned char, 16> digest{};
  crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(content.data()),
                     content.size(), nullptr, 0);
  std::array<char, digest.size() * 2 + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
  return "W/\"" + std::string(hex.data()) + "\"";
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  if (base::trim(if_none_match) == "*") return true;
  for (const auto candidate : base::split(if_none_match, ',')) {
    if (!candidate.empty() && opaque(candidate) == opaque(etag)) return true;
  }
  return false;
}

}  // namespace davylamp::api
