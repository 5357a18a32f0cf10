// Sets of addresses as intervals, and what can be done with them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/address.hpp"

namespace davylamp::geoip {

// An address as a number; which family it is of, the list that it is in says.
__extension__ using Number = unsigned __int128;

// Both ends belong to it.
struct Interval {
  Number first = 0;
  Number last = 0;
  bool operator==(const Interval&) const = default;
};

// Sorted, disjoint, and not adjacent: of the lists that hold the same addresses, the shortest.
using Intervals = std::vector<Interval>;

struct AddressSet {
  Intervals v4;
  Intervals v6;
  bool empty() const { return v4.empty() && v6.empty(); }
  bool contains(const model::Address& address) const;
  bool operator==(const AddressSet&) const = default;
};

// From intervals in any order, also overlapping ones.
Intervals normalized(Intervals intervals);
Intervals united(const Intervals& a, const Intervals& b);
Intervals without(const Intervals& a, const Intervals& b);
AddressSet united(const AddressSet& a, const AddressSet& b);
AddressSet without(const AddressSet& a, const AddressSet& b);

Number number_of(const model::Address& address);
model::Address address_of(Number number, bool v4);

// "192.0.2.0/24", "2001:db8::1": adds it to `set`. False for anything else, and for bits set behind the prefix.
bool add_network(AddressSet& set, std::string_view text);

}  // namespace davylamp::geoip
