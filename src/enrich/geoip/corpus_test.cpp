// MaxMind's own test databases, also the damaged ones, read in place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "enrich/geoip/enricher.hpp"

namespace davylamp::geoip {
namespace {

std::string corpus() {
  const char* given = std::getenv("DAVYLAMP_CORPUS");
  return (given != nullptr ? std::string(given) : DAVYLAMP_SOURCE_DIR "/../shared/corpus") + "/mmdb";
}

class MmdbCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(corpus())) GTEST_SKIP() << "no corpus at " << corpus();
  }
};

model::Address address(std::string_view text) {
  return base::value_or_throw(model::Address::parse(text));
}
Config city(const std::string& name) {
  return {{corpus() + "/" + name}, {}, {}};
}

// Addresses that reach every kind of record in the test databases.
std::vector<model::Address> probes() {
  std::vector<model::Address> all;
  for (const auto* text :
       {"1.1.1.1", "1.1.1.16", "2.125.160.216", "81.2.69.160", "89.160.20.112", "149.101.100.0", "216.160.83.56",
        "2001:220::1", "2001:252::1", "2a02:cf40::", "2a02:d280::", "2001:480:10::", "255.255.255.254", "8.8.8.8"}) {
    all.push_back(address(text));
  }
  for (unsigned first = 1; first < 224; ++first)
    all.push_back(model::Address::from_v4({static_cast<std::uint8_t>(first), 7, 7, 7}));
  return all;
}

TEST_F(MmdbCorpus, AnswersWhatMaxMindsCityFileSays) {
  const Enricher enricher(city("test-data/GeoIP2-City-Test.mmdb"));
  const auto london = enricher.place(address("81.2.69.160"));
  EXPECT_EQ(london.country_code, "GB");
  EXPECT_EQ(london.country, "United Kingdom");
  EXPECT_EQ(london.city, "London");
  EXPECT_EQ(london.latitude, 51.5142);
  EXPECT_EQ(london.longitude, -0.0931);
  const auto sweden = enricher.place(address("89.160.20.112"));
  EXPECT_EQ(sweden.city, "Linköping");
  EXPECT_EQ(sweden.latitude, 58.4167);
  EXPECT_EQ(enricher.place(address("2001:252::1")).country_code, "CN");
  EXPECT_EQ(enricher.faults(), 0U);
}

TEST_F(MmdbCorpus, AnswersWhatMaxMindsNetworkFileSays) {
  const Enricher enricher(Config{{}, {}, {corpus() + "/test-data/GeoLite2-ASN-Test.mmdb"}});
  const auto place = enricher.place(address("1.128.0.1"));
  EXPECT_EQ(place.asn, 1221U);
  EXPECT_EQ(place.network, "Telstra Pty Ltd");
}

TEST_F(MmdbCorpus, NoFileCrashesTheLookupWhateverIsInIt) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus())) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const auto path = entry.path().string();
    const Enricher enricher(Config{{path}, {path}, {path}});
    for (const auto& probe : probes()) {
      const auto place = enricher.place(probe);
      if (place.country_code) EXPECT_EQ(place.country_code->size(), 2U) << path;
    }
    for (const auto& problem : enricher.problems()) EXPECT_THAT(problem, testing::HasSubstr(path));
  }
  EXPECT_GT(files, 20U);
}

TEST_F(MmdbCorpus, AFileThatIsNoDatabaseIsNamedWithItsPath) {
  const Enricher enricher(city("bad-data/README.md"));
  ASSERT_EQ(enricher.problems().size(), 1U);
  EXPECT_THAT(enricher.problems().front(),
              testing::AllOf(testing::HasSubstr("bad-data/README.md"), testing::HasSubstr("not a usable MMDB")));
}

}  // namespace
}  // namespace davylamp::geoip
