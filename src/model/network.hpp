// A block of addresses, as operators write it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/address.hpp"

namespace davylamp::model {

// "198.51.100.0/24", "2001:db8::/32"; an address alone is a block of one. Bits beyond the prefix are ignored.
class Network {
 public:
  static base::Result<Network> parse(std::string_view text);
  // The block of `bits` (at most 32 or 128; more counts as that) that holds `address`.
  static Network of(const Address& address, unsigned bits);

  // Never across families.
  bool contains(const Address& address) const;
  bool family_of(const Address& address) const { return base_.is_v4() == address.is_v4(); }
  std::string to_string() const;
  bool operator==(const Network&) const = default;

 private:
  Address base_;
  unsigned bits_ = 32;
};

}  // namespace davylamp::model
