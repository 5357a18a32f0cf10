#include "enrich/geoip/ranges.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "base/testing/temporary_directory.hpp"
#include "enrich/geoip/record.hpp"

namespace davylamp::geoip {
namespace {

std::string corpus() {
  const char* given = std::getenv("DAVYLAMP_CORPUS");
  return (given != nullptr ? std::string(given) : DAVYLAMP_SOURCE_DIR "/../shared/corpus") + "/mmdb";
}

const std::set<std::string> some_countries{"GB", "US", "SE", "CN", "JP"};

// Where lookups are redirected into the IPv4 tree.
bool is_alias(const model::Address& address) {
  if (address.is_v4()) return false;
  AddressSet aliases;
  for (const auto* text : {"::/96", "2002::/16", "2001::/32", "::ffff:0:0:0/96"}) add_network(aliases, text);
  return aliases.contains(address);
}

// Random ones, and both sides of every edge of `set`.
std::vector<model::Address> probes(const AddressSet& set) {
  std::vector<model::Address> all;
  std::mt19937_64 random(1);
  for (int i = 0; i < 5'000; ++i) {
    all.push_back(address_of(random() & 0xFFFFFFFFU, true));
    all.push_back(address_of((Number{random()} << 64U | random()) >> (random() % 60), false));
    all.push_back(address_of(Number{0x20010000U + (random() & 0xFFFFU)} << 96U | random(), false));
  }
  for (const bool v4 : {true, false}) {
    for (const auto& interval : v4 ? set.v4 : set.v6) {
      const Number top = v4 ? Number{0xFFFFFFFFU} : ~Number{0};
      for (const auto number : {interval.first, interval.last}) all.push_back(address_of(number, v4));
      if (interval.first > 0) all.push_back(address_of(interval.first - 1, v4));
      if (interval.last < top) all.push_back(address_of(interval.last + 1, v4));
    }
  }
  return all;
}

class Ranges : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(corpus())) GTEST_SKIP() << "no corpus at " << corpus();
  }
};

TEST_F(Ranges, AnAddressIsInACountryExactlyWhenTheLookupSaysSo) {
  for (const auto* name : {"GeoIP2-City-Test.mmdb", "GeoLite2-Country-Test.mmdb", "GeoLite2-City-Test.mmdb"}) {
    const auto database = base::value_or_throw(Database::open(corpus() + "/test-data/" + name));
    const auto ranges = base::value_or_throw(country_ranges(*database, some_countries));
    ASSERT_EQ(ranges.by_code.size(), some_countries.size());
    EXPECT_FALSE(ranges.by_code.at("GB").v4.empty());
    EXPECT_FALSE(ranges.by_code.at("JP").v6.empty());
    for (const auto& address : probes(ranges.known)) {
      if (is_alias(address)) continue;
      const auto found = database->lookup(address);
      const auto code = found.entry ? read_place(*found.entry).country_code : std::nullopt;
      EXPECT_EQ(ranges.known.contains(address), code.has_value()) << name << " " << address.to_string();
      for (const auto& [wanted, set] : ranges.by_code) {
        EXPECT_EQ(set.contains(address), code == wanted) << name << " " << address.to_string() << " " << wanted;
      }
    }
  }
}

TEST_F(Ranges, AnAddressIsInANetworkExactlyWhenTheLookupSaysSo) {
  const auto database = base::value_or_throw(Database::open(corpus() + "/test-data/GeoLite2-ASN-Test.mmdb"));
  const auto ranges = base::value_or_throw(network_ranges(*database, {1'221, 7'018, 4'294'967'295U}));
  EXPECT_FALSE(ranges.by_number.at(1'221).v4.empty());
  EXPECT_TRUE(ranges.by_number.at(4'294'967'295U).empty());
  for (const auto& address : probes(ranges.known)) {
    if (is_alias(address)) continue;
    const auto found = database->lookup(address);
    const auto number = found.entry ? read_network(*found.entry).asn : std::nullopt;
    for (const auto& [wanted, set] : ranges.by_number) {
      EXPECT_EQ(set.contains(address), number == wanted) << address.to_string() << " " << wanted;
    }
  }
}

TEST_F(Ranges, ListsAreTheShortest) {
  const auto database = base::value_or_throw(Database::open(corpus() + "/test-data/GeoIP2-City-Test.mmdb"));
  const auto ranges = base::value_or_throw(country_ranges(*database, some_countries));
  EXPECT_EQ(normalized(ranges.known.v4), ranges.known.v4);
  EXPECT_EQ(normalized(ranges.known.v6), ranges.known.v6);
}

TEST_F(Ranges, NoFileCrashesTheWalkWhateverIsInIt) {
  std::size_t walked = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus())) {
    if (!entry.is_regular_file()) continue;
    const auto database = Database::open(entry.path().string());
    if (!database) continue;
    ++walked;
    const auto countries = country_ranges(**database, some_countries);
    if (!countries) EXPECT_THAT(countries.error().message, testing::HasSubstr(entry.path().string()));
    (void)network_ranges(**database, {1});
  }
  EXPECT_GT(walked, 10U);
}

// A record in the tree points back to its own node or out of the file.
TEST_F(Ranges, ATreeThatNeverEndsIsDamage) {
  std::ifstream file(corpus() + "/test-data/GeoIP2-City-Test.mmdb", std::ios::binary);
  const std::string good{std::istreambuf_iterator<char>(file), {}};
  const base::TemporaryDirectory folder;
  std::mt19937 random(3);
  std::size_t damaged = 0;
  for (int round = 0; round < 300; ++round) {
    auto bad = good;
    for (int i = 0; i < 20; ++i) bad[random() % 9'000] = static_cast<char>(random() % (round % 2 == 0 ? 4 : 256));
    std::ofstream(folder.file("bad.mmdb"), std::ios::binary | std::ios::trunc) << bad;
    const auto database = Database::open(folder.file("bad.mmdb"));
    if (!database) continue;
    const auto ranges = country_ranges(**database, some_countries);
    if (ranges) continue;
    ++damaged;
    EXPECT_EQ(ranges.error().code, "damaged");
  }
  EXPECT_GT(damaged, 10U);
}

}  // namespace
}  // namespace davylamp::geoip
