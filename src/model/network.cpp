#include "model/network.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace davylamp::model {
namespace {

unsigned width(const Address& address) {
  return address.is_v4() ? 32 : 128;
}

std::uint8_t mask_of(unsigned bits, unsigned byte) {
  const unsigned whole = byte * 8;
  if (bits >= whole + 8) return 0xFF;
  if (bits <= whole) return 0;
  return static_cast<std::uint8_t>(0xFF00U >> (bits - whole));
}

}  // namespace

base::Result<Network> Network::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = Address::parse(text.substr(0, slash));
  if (!address) return std::unexpected(address.error());
  if (slash == std::string_view::npos) return of(*address, width(*address));
  const auto bits = base::parse_number<unsigned>(text.substr(slash + 1));
  if (!bits || *bits > width(*address)) {
    return base::fail("bad_network", "not a block of addresses: " + base::printable(text.substr(0, 60)) +
                                         "; write it as 198.51.100.0/24 or 2001:db8::/32");
  }
  return of(*address, *bits);
}

Network Network::of(const Address& address, unsigned bits) {
  Network network;
  network.bits_ = std::min(bits, width(address));
  auto bytes = address.bytes();
  for (unsigned i = 0; i < bytes.size(); ++i) bytes[i] &= mask_of(network.bits_, i);
  network.base_ =
      address.is_v4() ? Address::from_v4({bytes[0], bytes[1], bytes[2], bytes[3]}) : Address::from_v6(bytes);
  return network;
}

bool Network::contains(const Address& address) const {
  if (address.is_v4() != base_.is_v4()) return false;
  const auto& theirs = address.bytes();
  const auto& ours = base_.bytes();
  for (unsigned i = 0; i * 8 < bits_; ++i) {
    if ((theirs[i] & mask_of(bits_, i)) != ours[i]) return false;
  }
  return true;
}

std::string Network::to_string() const {
  return base_.to_string() + "/" + std::to_string(bits_);
}

}  // namespace davylamp::model
