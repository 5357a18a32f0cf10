// The countries: English short names and a point to draw them at.
#pragma once

#include <optional>
#include <string_view>

namespace davylamp::geoip {

// The point is the middle of the largest piece of land, in degrees, north and east positive.
struct Country {
  std::string_view code;  // ISO 3166-1 alpha-2, and XK
  std::string_view name;
  double latitude;
  double longitude;
};

// Nothing for a code that is not in the table; upper case only.
std::optional<Country> country_by_code(std::string_view code);

}  // namespace davylamp::geoip
