#include "probe/path_target.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "model/address.hpp"

namespace davylamp::probe {
namespace {

constexpr std::size_t longest_host = 253;

bool is_host(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  };
  const bool name = !text.empty() && text.size() <= longest_host && std::ranges::all_of(text, allowed);
  return name || model::Address::parse(text).has_value();
}

}  // namespace

base::Result<PathTarget> PathTarget::parse(std::string_view text) {
  const auto bad = [&] {
    return base::fail("bad_target", "\"" + base::printable(text) +
                                        "\" is not a target; write it like example.org, 192.0.2.1:443 or "
                                        "[2001:db8::1]:443");
  };
  PathTarget target;
  target.name = text;
  auto host = text;
  const auto colon = text.rfind(':');
  const auto closed = text.find(']');
  const bool bracketed = text.starts_with('[') && closed != std::string_view::npos;
  const bool one_colon = colon != std::string_view::npos && text.find(':') == colon;
  if (one_colon || (bracketed && colon == closed + 1)) {
    target.port = base::parse_number<std::uint16_t>(text.substr(colon + 1));
    if (!target.port || *target.port == 0) return bad();
    host = text.substr(0, colon);
  }
  if (bracketed) {
    if (!host.ends_with(']')) return bad();
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string_view::npos) return bad();
  }
  if (!is_host(host)) return bad();
  target.host = host;
  return target;
}

}  // namespace davylamp::probe
