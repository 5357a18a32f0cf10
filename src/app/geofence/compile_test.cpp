#include "app/geofence/compile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace davylamp::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

model::Address address(std::string_view text) {
  return base::value_or_throw(model::Address::parse(text));
}

class Compile : public testing::Test {
 protected:
  void SetUp() override {
    const char* given = std::getenv("DAVYLAMP_CORPUS");
    folder = (given != nullptr ? std::string(given) : DAVYLAMP_SOURCE_DIR "/../shared/corpus") + "/mmdb/test-data/";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no corpus at " << folder;
    databases = open_databases({{folder + "GeoIP2-City-Test.mmdb"},
                                {folder + "GeoIP2-Country-Test.mmdb"},
                                {folder + "GeoLite2-ASN-Test.mmdb"}});
  }
  std::string folder;
  FenceDatabases databases;
};

TEST_F(Compile, OnlyTheAllowedComeIn) {
  FenceRequest request;
  request.allow = {"GB"};
  request.also = {"203.0.113.7"};
  const auto fence = base::value_or_throw(compile_fence(request, databases));
  EXPECT_TRUE(fence.lets_in(address("81.2.69.160")));     // London
  EXPECT_FALSE(fence.lets_in(address("89.160.20.112")));  // Sweden
  EXPECT_FALSE(fence.lets_in(address("198.51.100.1"))) << "in no database";
  EXPECT_TRUE(fence.lets_in(address("203.0.113.7")));
  EXPECT_TRUE(fence.lets_in(address("192.168.1.4")));
  EXPECT_TRUE(fence.lets_in(address("fe80::1")));
  EXPECT_GT(memory_bytes(fence), 0U);
  request.strict = true;
  EXPECT_FALSE(base::value_or_throw(compile_fence(request, databases)).lets_in(address("192.168.1.4")));
}

TEST_F(Compile, TheDeniedStayOutAndAllOthersComeIn) {
  FenceRequest request;
  request.deny = {"SE"};
  const auto fence = base::value_or_throw(compile_fence(request, databases));
  EXPECT_FALSE(fence.lets_in(address("89.160.20.112")));
  EXPECT_TRUE(fence.lets_in(address("81.2.69.160")));
  EXPECT_TRUE(fence.lets_in(address("198.51.100.1")));
}

TEST_F(Compile, DenyWinsOverAllowAndAlsoOverBoth) {
  FenceRequest request;
  request.allow = {"GB"};
  request.asn = {1'221};
  request.deny_asn = {1'221};
  EXPECT_FALSE(base::value_or_throw(compile_fence(request, databases)).lets_in(address("1.128.0.1")));
  request.also = {"1.128.0.0/24"};
  const auto fence = base::value_or_throw(compile_fence(request, databases));
  EXPECT_TRUE(fence.lets_in(address("1.128.0.1")));
  EXPECT_FALSE(fence.lets_in(address("1.128.1.1")));
  ASSERT_EQ(fence.shares.size(), 2U);
  EXPECT_EQ(fence.shares.front().name, "AS1221");
}

TEST_F(Compile, NetworksAreLetInBesideCountries) {
  FenceRequest request;
  request.allow = {"GB"};
  request.asn = {1'221};
  const auto fence = base::value_or_throw(compile_fence(request, databases));
  EXPECT_TRUE(fence.lets_in(address("1.128.0.1")));
  EXPECT_TRUE(fence.lets_in(address("81.2.69.160")));
}

TEST_F(Compile, RefusesWhatWouldBeEmpty) {
  FenceRequest request;
  request.allow = {"TV"};
  EXPECT_THAT(compile_fence(request, databases).error().message, HasSubstr("no address of TV"));
  request.allow = {};
  request.asn = {4'200'000'000U};
  EXPECT_THAT(compile_fence(request, databases).error().message, HasSubstr("AS4200000000"));
  request = {};
  request.allow = {"GB"};
  request.deny = {"GB"};
  EXPECT_EQ(compile_fence(request, databases).error().code, "empty");
}

TEST_F(Compile, SaysWhichDatabaseIsMissing) {
  FenceRequest request;
  request.allow = {"GB"};
  // Networks where countries should be.
  const auto wrong = open_databases(
      {{folder + "GeoLite2-ASN-Test.mmdb"}, {folder + "GeoLite2-ASN-Test.mmdb"}, {folder + "GeoLite2-ASN-Test.mmdb"}});
  EXPECT_THAT(compile_fence(request, wrong).error().message,
              testing::AllOf(HasSubstr("names countries"), HasSubstr("/usr/share/GeoIP")));
  const auto gone = open_databases({{"/no/such.mmdb"}, {"/no/such.mmdb"}, {"/no/such.mmdb"}});
  EXPECT_THAT(compile_fence(request, gone).error().message, HasSubstr("/no/such.mmdb"));
  request = {};
  request.asn = {1};
  EXPECT_THAT(compile_fence(request, gone).error().message, HasSubstr("ASN"));
}

TEST(FenceWords, CountriesAreChecked) {
  EXPECT_THAT(base::value_or_throw(read_countries("ir, DE,de")), ElementsAre("DE", "IR"));
  EXPECT_THAT(read_countries("UK").error().message, HasSubstr("GB is United Kingdom"));
  EXPECT_THAT(read_countries("DEU").error().message, HasSubstr("DE is Germany"));
  for (const auto* bad : {"", "IR,", "ZZ", "1.2.3.4", "IR;drop", "\x1b[31m", "DE }"}) {
    const auto read = read_countries(bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_THAT(read.error().message, testing::Not(HasSubstr("\x1b")));
  }
}

TEST(FenceWords, NetworksAndAddressesAreChecked) {
  EXPECT_THAT(base::value_or_throw(read_networks("AS64501, 64500,as64500")), ElementsAre(64'500, 64'501));
  for (const auto* bad : {"", "0", "AS", "-1", "4294967296", "1;2"}) EXPECT_FALSE(read_networks(bad)) << bad;
  EXPECT_THAT(base::value_or_throw(read_addresses("192.0.2.7,2001:db8::/32")),
              ElementsAre("192.0.2.7", "2001:db8::/32"));
  for (const auto* bad : {"", "example.org", "192.0.2.7/24", "} ; flush ruleset"})
    EXPECT_FALSE(read_addresses(bad)) << bad;
}

}  // namespace
}  // namespace davylamp::app
