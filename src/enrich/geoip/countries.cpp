#include "enrich/geoip/countries.hpp"

#include <array>
#include <cstdint>
#include <iterator>

namespace davylamp::geoip {
namespace {

constexpr Country countries[] = {
#include "enrich/geoip/country_centroids.inc"
};

constexpr bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr std::size_t slot(std::string_view code) {
  return static_cast<std::size_t>(code[0] - 'A') * 26 + static_cast<std::size_t>(code[1] - 'A');
}
// By the two letters: one more than where the country stands, or 0.
constexpr auto places = [] {
  std::array<std::uint8_t, 26UL * 26UL> all{};
  for (std::size_t i = 0; i < std::size(countries); ++i) {
    all.at(slot(countries[i].code)) = static_cast<std::uint8_t>(i + 1);
  }
  return all;
}();
static_assert(std::size(countries) <= 255);

}  // namespace

std::optional<Country> country_by_code(std::string_view code) {
  if (code.size() != 2 || !is_capital(code[0]) || !is_capital(code[1])) return std::nullopt;
  const auto place = places.at(slot(code));
  if (place == 0) return std::nullopt;
  return countries[place - 1];
}

}  // namespace davylamp::geoip
