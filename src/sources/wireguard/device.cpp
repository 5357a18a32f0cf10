#include "sources/wireguard/device.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace davylamp::wireguard {
namespace {

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 0xFF;

constexpr std::array<std::uint8_t, 256> values_of(std::string_view digits) {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    values[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr std::array<std::uint8_t, 256> hex_values() {
  auto values = values_of("0123456789abcdef");
  for (unsigned i = 0; i < 6; ++i) values['A' + i] = static_cast<std::uint8_t>(10 + i);
  return values;
}

constexpr auto base64_value = values_of(base64_digits);
constexpr auto hex_value = hex_values();

std::uint8_t value_in(const std::array<std::uint8_t, 256>& values, char digit) {
  return values[static_cast<unsigned char>(digit)];
}

}  // namespace

std::optional<Key> Key::from_hex(std::string_view text) {
  Key key;
  if (text.size() != 2 * key.bytes.size()) return std::nullopt;
  unsigned bad = 0;
  for (std::size_t i = 0; i < key.bytes.size(); ++i) {
    const unsigned high = value_in(hex_value, text[2 * i]);
    const unsigned low = value_in(hex_value, text[2 * i + 1]);
    bad |= (high | low) & 0xF0U;
    key.bytes[i] = static_cast<std::uint8_t>((high << 4U | low) & 0xFFU);
  }
  return bad != 0 ? std::nullopt : std::optional(key);
}

std::optional<Key> Key::from_base64(std::string_view text) {
  Key key;
  if (text.size() != 44 || text.back() != '=') return std::nullopt;
  std::uint32_t bits = 0;
  unsigned held = 0;
  std::size_t filled = 0;
  for (const char digit : text.substr(0, 43)) {
    const auto value = value_in(base64_value, digit);
    if (value == no_digit) return std::nullopt;
    bits = (bits << 6U | value) & 0xFFFFU;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    if (filled < key.bytes.size()) key.bytes[filled++] = static_cast<std::uint8_t>(bits >> held);
  }
  // 43 digits hold 258 bits; a key is written with the last two clear.
  return (bits & 0x3U) != 0 ? std::nullopt : std::optional(key);
}

std::string Key::to_base64() const {
  std::string text;
  text.reserve(44);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const auto byte : bytes) {
    bits = bits << 8U | byte;
    held += 8;
    while (held >= 6) {
      held -= 6;
      text += base64_digits[bits >> held & 0x3FU];
    }
  }
  text += base64_digits[bits << (6 - held) & 0x3FU];
  text += '=';
  return text;
}

std::string AllowedIp::to_text() const {
  return address.to_string() + "/" + std::to_string(bits);
}

void Device::clear() {
  interface.clear();
  public_key.reset();
  listen_port = 0;
  fwmark = 0;
  interface_index = 0;
  peers.clear();
  allowed_ips.clear();
  problems = 0;
  first_problem.clear();
}

std::optional<model::Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = base::parse_number<std::uint16_t>(text.substr(colon + 1));
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  host = host.substr(0, host.find('%'));
  const auto address = model::Address::parse(host);
  if (!port || !address) return std::nullopt;
  return model::Endpoint{*address, port};
}

std::optional<AllowedIp> parse_allowed_ip(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = model::Address::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const std::uint8_t most = address->is_v4() ? 32 : 128;
  if (slash == std::string_view::npos) return AllowedIp{*address, most};
  const auto bits = base::parse_number<std::uint8_t>(text.substr(slash + 1));
  if (!bits || *bits > most) return std::nullopt;
  return AllowedIp{*address, *bits};
}

}  // namespace davylamp::wireguard
