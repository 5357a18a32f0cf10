// Where an address is, as far as offline databases know.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "model/address.hpp"

namespace davylamp::model {

// How exact the coordinates are: those of the city, or the middle of the country.
enum class Precision { city, country };
BOOST_DESCRIBE_ENUM(Precision, city, country)

// `country_code` is ISO 3166-1 alpha-2. Coordinates are degrees, north and east positive. A private or reserved address
// has its kind and nothing else.
struct Place {
  AddressKind kind = AddressKind::public_;
  std::optional<std::string> country_code;
  std::optional<std::string> country;
  std::optional<std::string> city;
  std::optional<double> latitude;
  std::optional<double> longitude;
  std::optional<Precision> precision;
  std::optional<std::uint32_t> asn;
  std::optional<std::string> network;
  bool operator==(const Place&) const = default;
};
BOOST_DESCRIBE_STRUCT(Place, (), (kind, country_code, country, city, latitude, longitude, precision, asn, network))

}  // namespace davylamp::model
