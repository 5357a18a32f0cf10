// Real addresses: what is accepted is an address for the rest of the program as well, and the other way round.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/address.hpp"
#include "sources/openvpn/real_address.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace davylamp;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto real = openvpn::parse_real_address(text);
  if (real) {
    require(!real->address.empty());
    require(real->is_mac || openvpn::is_ipv4(real->address) || openvpn::is_ipv6(real->address));
    const bool zoned = real->address.find('%') != std::string_view::npos;
    if (!real->is_mac && !zoned) require(model::Address::parse(real->address).has_value());
    require(real->protocol.empty() == (real->transport == openvpn::Transport::unknown));
  }
  const bool plain = text.find('%') == std::string_view::npos;
  if (plain && model::Address::parse(text)) require(real.has_value() && real->address == text);
  const openvpn::RealAddress loose = openvpn::split_unreadable_address(text);
  require(loose.address.size() <= text.size());
  return 0;
}
