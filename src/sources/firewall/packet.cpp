#include "sources/firewall/packet.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"

namespace davylamp::firewall {
namespace {

// IANA's assigned internet protocol numbers, those that firewalls meet.
constexpr std::array<std::pair<std::uint8_t, std::string_view>, 17> names{{{1, "icmp"},
                                                                           {2, "igmp"},
                                                                           {4, "ipip"},
                                                                           {6, "tcp"},
                                                                           {17, "udp"},
                                                                           {33, "dccp"},
                                                                           {41, "ipv6"},
                                                                           {47, "gre"},
                                                                           {50, "esp"},
                                                                           {51, "ah"},
                                                                           {58, "icmpv6"},
                                                                           {89, "ospf"},
                                                                           {103, "pim"},
                                                                           {108, "ipcomp"},
                                                                           {112, "vrrp"},
                                                                           {132, "sctp"},
                                                                           {136, "udplite"}}};

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

}  // namespace

std::string_view protocol_name(std::uint8_t protocol) {
  for (const auto& [number, name] : names) {
    if (number == protocol) return name;
  }
  return {};
}

std::optional<std::uint8_t> protocol_of(std::string_view text) {
  for (const auto& [number, name] : names) {
    if (equal_ignoring_case(text, name)) return number;
  }
  return base::parse_number<std::uint8_t>(text);
}

}  // namespace davylamp::firewall
