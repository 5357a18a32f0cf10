// Which addresses belong to a country or a network: an MMDB file read the other way round.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/result.hpp"
#include "enrich/geoip/database.hpp"
#include "enrich/geoip/intervals.hpp"

namespace davylamp::geoip {

// Of the countries and networks that were asked for, their addresses; an entry for each, which may be empty.
// `known`: every address of which the file names a country (or a network).
struct CountryRanges {
  std::map<std::string, AddressSet> by_code;
  AddressSet known;
};
struct NetworkRanges {
  std::map<std::uint32_t, AddressSet> by_number;
  AddressSet known;
};

// Walks the whole search tree; an address is in a country's set exactly when Database::lookup() and read_place() name
// that country. IPv4 stands under ::/96 of an IPv6 file and is told as IPv4 only; the places where such a file repeats
// it (mapped, 6to4, Teredo) are left out. Fails with "damaged" where the tree leaves the file or runs in circles, with
// "too_many" beyond `most_intervals`. Takes as long as the file is large: about one second of CPU for a city
// file of 60 MB.
inline constexpr std::size_t most_intervals = 8'000'000;
base::Result<CountryRanges> country_ranges(const Database& database, const std::set<std::string>& codes);
base::Result<NetworkRanges> network_ranges(const Database& database, const std::set<std::uint32_t>& numbers);

}  // namespace davylamp::geoip
