#include "model/address.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace davylamp::model {
namespace {

struct Range {
  AddressKind kind;
  std::array<std::uint8_t, 16> first;
  unsigned bits;
};

bool holds(const Range& range, const std::array<std::uint8_t, 16>& bytes) {
  const auto whole = range.bits / 8;
  if (!std::equal(bytes.begin(), bytes.begin() + whole, range.first.begin())) return false;
  const auto rest = range.bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFF00U >> rest);
  return (bytes[whole] & mask) == (range.first[whole] & mask);
}

// RFC 6890, RFC 5737, RFC 6598, RFC 5771; the narrower range first.
constexpr Range v4_ranges[] = {
    {AddressKind::private_, {10}, 8},
    {AddressKind::private_, {172, 16}, 12},
    {AddressKind::private_, {192, 168}, 16},
    {AddressKind::cgnat, {100, 64}, 10},
    {AddressKind::loopback, {127}, 8},
    {AddressKind::link_local, {169, 254}, 16},
    {AddressKind::documentation, {192, 0, 2}, 24},
    {AddressKind::documentation, {198, 51, 100}, 24},
    {AddressKind::documentation, {203, 0, 113}, 24},
    {AddressKind::reserved, {198, 18}, 15},
    {AddressKind::reserved, {192, 0, 0}, 24},
    {AddressKind::reserved, {192, 88, 99}, 24},
    {AddressKind::reserved, {0}, 8},
    {AddressKind::multicast, {224}, 4},
    {AddressKind::reserved, {240}, 4},
};
// RFC 4291, RFC 4193, RFC 3849, RFC 9637; whatever is outside 2000::/3 and not named is reserved.
constexpr Range v6_ranges[] = {
    {AddressKind::loopback, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128},
    {AddressKind::private_, {0xFC}, 7},
    {AddressKind::link_local, {0xFE, 0x80}, 10},
    {AddressKind::multicast, {0xFF}, 8},
    {AddressKind::documentation, {0x20, 0x01, 0x0D, 0xB8}, 32},
    {AddressKind::documentation, {0x3F, 0xFF}, 20},
    {AddressKind::public_, {0x00, 0x64, 0xFF, 0x9B}, 96},
    {AddressKind::public_, {0x20}, 3},
};

AddressKind kind_of_v6(const std::array<std::uint8_t, 16>& bytes) {
  for (const auto& range : v6_ranges) {
    if (holds(range, bytes)) return range.kind;
  }
  return AddressKind::reserved;
}

constexpr std::uint32_t v4_number(const std::array<std::uint8_t, 16>& bytes) {
  return static_cast<std::uint32_t>(bytes[0]) << 24U | static_cast<std::uint32_t>(bytes[1]) << 16U |
         static_cast<std::uint32_t>(bytes[2]) << 8U | bytes[3];
}

// Asked of every address that is looked up: as numbers, not byte by byte.
AddressKind kind_of_v4(const std::array<std::uint8_t, 16>& bytes) {
  const auto number = v4_number(bytes);
  for (const auto& range : v4_ranges) {
    if (((number ^ v4_number(range.first)) >> (32 - range.bits)) == 0) return range.kind;
  }
  return AddressKind::public_;
}

}  // namespace

Address Address::from_v4(std::array<std::uint8_t, 4> bytes) {
  Address address;
  std::ranges::copy(bytes, address.bytes_.begin());
  return address;
}

Address Address::from_v6(const std::array<std::uint8_t, 16>& bytes) {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (std::equal(mapped.begin(), mapped.end(), bytes.begin()))
    return from_v4({bytes[12], bytes[13], bytes[14], bytes[15]});
  Address address;
  address.bytes_ = bytes;
  address.v4_ = false;
  return address;
}

base::Result<Address> Address::parse(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  // inet_pton reads up to a NUL, so that one inside would hide what follows.
  if (text.size() < buffer.size() && text.find('\0') == std::string_view::npos) {
    std::ranges::copy(text, buffer.begin());
    std::array<std::uint8_t, 4> v4{};
    if (inet_pton(AF_INET, buffer.data(), v4.data()) == 1) return from_v4(v4);
    std::array<std::uint8_t, 16> v6{};
    if (inet_pton(AF_INET6, buffer.data(), v6.data()) == 1) return from_v6(v6);
  }
  return base::fail("bad_address", "not an IP address: \"" + std::string(text.substr(0, 64)) + "\"");
}

AddressKind Address::kind() const {
  return v4_ ? kind_of_v4(bytes_) : kind_of_v6(bytes_);
}

std::string Address::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(v4_ ? AF_INET : AF_INET6, bytes_.data(), buffer.data(), buffer.size());
  return buffer.data();
}

std::string Endpoint::to_text() const {
  if (!port) return address.to_string();
  const auto host = address.is_v4() ? address.to_string() : "[" + address.to_string() + "]";
  return host + ":" + std::to_string(*port);
}

}  // namespace davylamp::model
