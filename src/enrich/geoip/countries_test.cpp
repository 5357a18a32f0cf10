#include "enrich/geoip/countries.hpp"

#include <gtest/gtest.h>

namespace davylamp::geoip {
namespace {

TEST(Countries, KnowsNameAndMiddle) {
  const auto check = [](std::string_view code, std::string_view name, std::pair<double, double> middle) {
    const auto country = country_by_code(code);
    ASSERT_TRUE(country) << code;
    EXPECT_EQ(country->name, name);
    EXPECT_NEAR(country->latitude, middle.first, 1.5) << code;
    EXPECT_NEAR(country->longitude, middle.second, 1.5) << code;
  };
  check("DE", "Germany", {51.2, 10.4});
  check("US", "United States", {39.8, -98.6});
  check("FR", "France", {46.6, 2.5});
  check("AU", "Australia", {-25.0, 134.0});
  check("SG", "Singapore", {1.35, 103.8});
  check("HK", "Hong Kong", {22.4, 114.2});
  check("GI", "Gibraltar", {36.1, -5.35});
  check("RE", "Réunion", {-21.1, 55.5});
  check("XK", "Kosovo", {42.6, 20.9});
  check("FJ", "Fiji", {-17.8, 178.0});
}

TEST(Countries, DoesNotKnowWhatIsNoCountry) {
  EXPECT_FALSE(country_by_code("ZZ"));
  EXPECT_FALSE(country_by_code("de"));
  EXPECT_FALSE(country_by_code(""));
}

}  // namespace
}  // namespace davylamp::geoip
