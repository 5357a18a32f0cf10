#include "enrich/geoip/known.hpp"

#include <algorithm>

#include "enrich/geoip/countries.hpp"

namespace davylamp::geoip {

std::optional<KnownPlace> KnownPlace::of(const Record& record) {
  KnownPlace known;
  if (!record.country_code || !country_by_code(*record.country_code)) return std::nullopt;
  std::ranges::copy(*record.country_code, known.country_code.begin());
  if (record.city) {
    if (record.city->size() > known.city.size()) return std::nullopt;
    std::ranges::copy(*record.city, known.city.begin());
    known.city_bytes = static_cast<std::uint8_t>(record.city->size());
  }
  known.has_point = record.latitude.has_value();
  known.latitude = record.latitude.value_or(0);
  known.longitude = record.longitude.value_or(0);
  return known;
}

std::optional<KnownNetwork> KnownNetwork::of(const Record& record) {
  KnownNetwork known;
  if (record.network) {
    if (record.network->size() > known.network.size()) return std::nullopt;
    std::ranges::copy(*record.network, known.network.begin());
    known.network_bytes = static_cast<std::uint8_t>(record.network->size());
  }
  known.has_asn = record.asn.has_value();
  known.asn = record.asn.value_or(0);
  return known;
}

}  // namespace davylamp::geoip
