// What one database says of one address. Reads three schemas: MaxMind's nested one (country.iso_code, city.names.en,
// location.latitude), which DB-IP's own files share; the flat one of the ip-location-db packages (country_code, city,
// latitude as float); and flat ASN files (autonomous_system_number, or "AS64500" under "asn").
#pragma once

#include <maxminddb.h>

#include <cstdint>
#include <optional>
#include <string>

namespace davylamp::geoip {

struct Record {
  std::optional<std::string> country_code;  // two capital letters
  std::optional<std::string> country;       // the database's own English name
  std::optional<std::string> city;
  std::optional<double> latitude;  // both coordinates or none
  std::optional<double> longitude;
  std::optional<std::uint32_t> asn;
  std::optional<std::string> network;
};

// Empty, absent, mistyped and absurd values (a latitude of 400, both coordinates zero) are left out. Never throws on
// content.
Record read_place(const MMDB_entry_s& entry);
Record read_network(const MMDB_entry_s& entry);
// read_place()'s country_code alone.
std::optional<std::string> read_country_code(const MMDB_entry_s& entry);

}  // namespace davylamp::geoip
