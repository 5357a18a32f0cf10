#include "sources/openvpn/real_address.hpp"

#include <algorithm>
#include <array>

#include "sources/openvpn/decimal.hpp"

namespace davylamp::openvpn {
namespace {

bool is_hex_digit(char symbol) {
  return (symbol >= '0' && symbol <= '9') || (symbol >= 'a' && symbol <= 'f') || (symbol >= 'A' && symbol <= 'F');
}

bool is_hex_group(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest && std::ranges::all_of(text, is_hex_digit);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto value = parse_decimal(text);
  if (!value || text.size() > 5 || *value > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*value);
}

struct Protocol {
  std::string_view name;
  Transport transport;
};

constexpr std::array<Protocol, 12> protocols{{
    {"udp4", Transport::udp},
    {"udp6", Transport::udp},
    {"udp", Transport::udp},
    {"tcp4-server", Transport::tcp},
    {"tcp6-server", Transport::tcp},
    {"tcp-server", Transport::tcp},
    {"tcp4-client", Transport::tcp},
    {"tcp6-client", Transport::tcp},
    {"tcp-client", Transport::tcp},
    {"tcp4", Transport::tcp},
    {"tcp6", Transport::tcp},
    {"tcp", Transport::tcp},
}};

// Takes the protocol off the front; `rest` is everything when there is none.
struct Prefixed {
  Protocol protocol{{}, Transport::unknown};
  std::string_view rest;
};

Prefixed split_protocol(std::string_view text) {
  if (text.starts_with("udp") || text.starts_with("tcp")) {
    for (const Protocol& protocol : protocols) {
      const std::size_t length = protocol.name.size();
      if (text.size() > length && text[length] == ':' && text.starts_with(protocol.name)) {
        return {{text.substr(0, length), protocol.transport}, text.substr(length + 1)};
      }
    }
  }
  return {{{}, Transport::unknown}, text};
}

// Counts the 16-bit groups of one side of `::`; -1 when a group is malformed. Dotted IPv4 may end the last side.
int count_groups(std::string_view text, bool dotted_tail_allowed) {
  int groups = 0;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    const bool last = colon == std::string_view::npos;
    if (last && dotted_tail_allowed && group.find('.') != std::string_view::npos) {
      return is_ipv4(group) ? groups + 2 : -1;
    }
    if (!is_hex_group(group, 4)) return -1;
    ++groups;
    if (last) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return -1;
  }
  return groups;
}

}  // namespace

bool is_ipv4(std::string_view text) {
  if (text.size() < 7 || text.size() > 15) return false;
  unsigned octet = 0;
  unsigned digits = 0;
  unsigned dots = 0;
  for (const char symbol : text) {
    if (symbol == '.') {
      if (digits == 0 || ++dots > 3) return false;
      octet = 0;
      digits = 0;
      continue;
    }
    if (symbol < '0' || symbol > '9') return false;
    if (digits == 1 && octet == 0) return false;  // some readers take a leading zero for octal
    octet = octet * 10 + static_cast<unsigned>(symbol - '0');
    if (++digits > 3 || octet > 255) return false;
  }
  return dots == 3 && digits != 0;
}

bool is_ipv6(std::string_view text) {
  const std::size_t zone = text.find('%');
  if (zone != std::string_view::npos) {
    if (zone + 1 == text.size() || text.size() - zone > 16) return false;
    text = text.substr(0, zone);
  }
  if (text.size() < 2 || text.size() > 45) return false;
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return count_groups(text, true) == 8;
  const std::string_view after = text.substr(gap + 2);
  if (after.find("::") != std::string_view::npos || after.starts_with(':')) return false;
  const int left = count_groups(text.substr(0, gap), false);
  const int right = count_groups(after, true);
  return left >= 0 && right >= 0 && left + right <= 7;
}

bool is_mac(std::string_view text) {
  constexpr std::size_t mac_length = 17;
  if (text.size() < mac_length) return false;
  for (std::size_t i = 0; i < mac_length; ++i) {
    if (i % 3 == 2 ? text[i] != ':' : !is_hex_digit(text[i])) return false;
  }
  if (text.size() == mac_length) return true;
  return text[mac_length] == '@' && text.size() <= mac_length + 5 &&
         parse_decimal(text.substr(mac_length + 1)).has_value();
}

namespace {

// `a.b.c.d:port`, by far the most, in one pass. Nothing when it is anything else, or wrong.
std::optional<RealAddress> parse_plain(std::string_view text) {
  constexpr std::size_t longest = 21;
  if (text.size() > longest || text.empty() || text.front() > '9') return std::nullopt;
  unsigned value = 0;
  unsigned digits = 0;
  unsigned dots = 0;
  std::size_t colon = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto digit = static_cast<unsigned>(static_cast<unsigned char>(text[at])) - '0';
    if (digit <= 9) {
      if (digits == 1 && value == 0 && colon == 0) return std::nullopt;  // a leading zero
      value = value * 10 + digit;
      ++digits;
      continue;
    }
    const bool dot = text[at] == '.' && dots < 3 && colon == 0;
    const bool last = text[at] == ':' && dots == 3 && colon == 0;
    if (digits == 0 || digits > 3 || value > 255 || !(dot || last)) return std::nullopt;
    if (dot) ++dots;
    if (last) colon = at;
    value = 0;
    digits = 0;
  }
  if (colon == 0 || digits == 0 || digits > 5 || value > 65535) return std::nullopt;
  return RealAddress{Transport::unknown, {}, text.substr(0, colon), static_cast<std::uint16_t>(value), false};
}

}  // namespace

std::optional<RealAddress> parse_real_address(std::string_view text) {
  if (auto plain = parse_plain(text)) return plain;
  const auto [protocol, rest] = split_protocol(text);
  RealAddress result{protocol.transport, protocol.name, rest, std::nullopt, false};
  if (rest.empty()) return std::nullopt;
  if (rest.front() == '[') {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    result.address = rest.substr(1, close - 1);
    if (!is_ipv6(result.address)) return std::nullopt;
    if (close + 1 == rest.size()) return result;
    if (rest[close + 1] != ':') return std::nullopt;
    result.port = parse_port(rest.substr(close + 2));
    if (!result.port) return std::nullopt;
    return result;
  }
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos) {
    if (!is_ipv4(rest)) return std::nullopt;
    return result;
  }
  if (rest.find(':', colon + 1) == std::string_view::npos) {
    result.address = rest.substr(0, colon);
    result.port = parse_port(rest.substr(colon + 1));
    if (!result.port || !is_ipv4(result.address)) return std::nullopt;
    return result;
  }
  // Up to 2.6 the last group of a bare IPv6 address is part of the address, never a port.
  if (is_ipv6(rest)) return result;
  result.is_mac = is_mac(rest);
  if (!result.is_mac) return std::nullopt;
  return result;
}

RealAddress split_unreadable_address(std::string_view text) {
  const auto [protocol, rest] = split_protocol(text);
  RealAddress result{protocol.transport, protocol.name, rest, std::nullopt, false};
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos || rest.find(':', colon + 1) != std::string_view::npos) return result;
  result.port = parse_port(rest.substr(colon + 1));
  if (result.port) result.address = rest.substr(0, colon);
  return result;
}

}  // namespace davylamp::openvpn
