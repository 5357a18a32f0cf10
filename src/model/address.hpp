// IP addresses and endpoints, parsed once at the edge.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/codec.hpp"
#include "base/result.hpp"

namespace davylamp::model {

// What kind of address this is (IANA special-purpose registries, RFC 6890 and its updates).
enum class AddressKind { public_, private_, cgnat, loopback, link_local, documentation, multicast, reserved };
BOOST_DESCRIBE_ENUM(AddressKind, public_, private_, cgnat, loopback, link_local, documentation, multicast, reserved)

// An IPv4 or IPv6 address. An IPv4 address mapped into IPv6 (::ffff:1.2.3.4) is held as IPv4. A value; never empty.
class Address {
 public:
  Address() = default;  // 0.0.0.0
  // No zone, no brackets, no port.
  static base::Result<Address> parse(std::string_view text);
  static Address from_v4(std::array<std::uint8_t, 4> bytes);
  static Address from_v6(const std::array<std::uint8_t, 16>& bytes);

  bool is_v4() const { return v4_; }
  // Network order; an IPv4 address fills the first four bytes.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  AddressKind kind() const;
  // RFC 5952 text.
  std::string to_string() const;
  auto operator<=>(const Address&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  bool v4_ = true;
};

// The port is absent where the source does not tell it (OpenVPN up to 2.6 for IPv6 clients).
struct Endpoint {
  Address address;
  std::optional<std::uint16_t> port;
  // "192.0.2.1:1194", "[2001:db8::1]:1194", or the address alone.
  std::string to_text() const;
  auto operator<=>(const Endpoint&) const = default;
};
BOOST_DESCRIBE_STRUCT(Endpoint, (), (address, port))

}  // namespace davylamp::model
