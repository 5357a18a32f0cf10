#include "enrich/geoip/intervals.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace davylamp::geoip {

Intervals normalized(Intervals intervals) {
  std::ranges::sort(intervals, {}, &Interval::first);
  Intervals kept;
  for (const auto& next : intervals) {
    // The highest number has no successor, and nothing begins behind it.
    const bool joins = !kept.empty() && (next.first <= kept.back().last || next.first - 1 == kept.back().last);
    if (joins) {
      kept.back().last = std::max(kept.back().last, next.last);
    } else {
      kept.push_back(next);
    }
  }
  return kept;
}

Intervals united(const Intervals& a, const Intervals& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  Intervals all = a;
  all.insert(all.end(), b.begin(), b.end());
  return normalized(std::move(all));
}

Intervals without(const Intervals& a, const Intervals& b) {
  Intervals kept;
  auto taken = b.begin();
  for (auto rest : a) {
    while (taken != b.end() && taken->last < rest.first) ++taken;
    bool left = true;
    for (auto cut = taken; left && cut != b.end() && cut->first <= rest.last; ++cut) {
      if (cut->first > rest.first) kept.push_back({rest.first, cut->first - 1});
      left = cut->last < rest.last;
      if (left) rest.first = cut->last + 1;
    }
    if (left) kept.push_back(rest);
  }
  return kept;
}

AddressSet united(const AddressSet& a, const AddressSet& b) {
  return {united(a.v4, b.v4), united(a.v6, b.v6)};
}

AddressSet without(const AddressSet& a, const AddressSet& b) {
  return {without(a.v4, b.v4), without(a.v6, b.v6)};
}

Number number_of(const model::Address& address) {
  Number number = 0;
  const std::size_t size = address.is_v4() ? 4 : 16;
  for (std::size_t i = 0; i < size; ++i) number = (number << 8U) | address.bytes().at(i);
  return number;
}

model::Address address_of(Number number, bool v4) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 16; i-- > 0; number >>= 8U) bytes.at(i) = static_cast<std::uint8_t>(number & 0xFFU);
  if (v4) return model::Address::from_v4({bytes[12], bytes[13], bytes[14], bytes[15]});
  return model::Address::from_v6(bytes);
}

bool AddressSet::contains(const model::Address& address) const {
  const auto number = number_of(address);
  const auto& list = address.is_v4() ? v4 : v6;
  const auto after = std::ranges::upper_bound(list, number, {}, &Interval::first);
  return after != list.begin() && number <= std::prev(after)->last;
}

bool add_network(AddressSet& set, std::string_view text) {
  const auto slash = text.find('/');
  const auto address = model::Address::parse(text.substr(0, slash));
  if (!address) return false;
  const unsigned width = address->is_v4() ? 32 : 128;
  unsigned length = width;
  if (slash != std::string_view::npos) {
    // A mapped address is held as IPv4, and its prefix would mean something else.
    const auto given = base::parse_number<unsigned>(text.substr(slash + 1));
    const bool mapped = address->is_v4() && text.substr(0, slash).contains(':');
    if (!given || *given > width || mapped) return false;
    length = *given;
  }
  const Number span =
      length == 0 ? (width == 32 ? Number{0xFFFFFFFFU} : ~Number{0}) : (Number{1} << (width - length)) - 1;
  const auto first = number_of(*address);
  if ((first & span) != 0) return false;
  auto& list = address->is_v4() ? set.v4 : set.v6;
  list = united(list, {{first, first + span}});
  return true;
}

}  // namespace davylamp::geoip
