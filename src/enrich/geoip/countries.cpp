#include "enrich/geoip/countries.hpp"

#include <algorithm>
#include <iterator>

namespace davylamp::geoip {
namespace {

constexpr Country countries[] = {
#include "enrich/geoip/country_centroids.inc"
};
static_assert(std::ranges::is_sorted(countries, {}, &Country::code));

}  // namespace

std::optional<Country> country_by_code(std::string_view code) {
  const auto found = std::ranges::lower_bound(countries, code, {}, &Country::code);
  if (found == std::end(countries) || found->code != code) return std::nullopt;
  return *found;
}

}  // namespace davylamp::geoip
