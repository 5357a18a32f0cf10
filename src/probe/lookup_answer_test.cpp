#include "probe/lookup_answer.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace davylamp::probe {
namespace {

std::string recorded(const std::string& name) {
  const char* const chosen = std::getenv("DAVYLAMP_CORPUS");
  const auto root = chosen != nullptr ? std::filesystem::path(chosen)
                                      : std::filesystem::path(DAVYLAMP_SOURCE_DIR) / ".." / "shared" / "corpus";
  std::ifstream in(root / "api" / "lookup" / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class LookupAnswer : public testing::Test {
 protected:
  void SetUp() override {
    if (recorded("ipinfo-ok.json").empty()) GTEST_SKIP() << "the recorded answers are not here";
  }
  static model::LookupAnswer read(Provider provider, const std::string& name) {
    return read_lookup(provider, Family::v4, 200, recorded(name));
  }
};

TEST_F(LookupAnswer, IpinfoTellsAddressPlaceAndNetwork) {
  const auto answer = read(Provider::ipinfo, "ipinfo-ok.json");
  EXPECT_EQ(answer.provider, "ipinfo");
  EXPECT_EQ(answer.address->to_string(), "211.40.129.246");
  EXPECT_EQ(answer.country_code, "KR");
  EXPECT_EQ(answer.city, "Seonghwan");
  EXPECT_EQ(answer.asn, 3786U);
  EXPECT_EQ(answer.network, "LG DACOM Corporation");
  EXPECT_FALSE(answer.error);
}

TEST_F(LookupAnswer, IpinfoWithoutPostalCodeAndWithAnycastIsAnAnswerToo) {
  EXPECT_EQ(read(Provider::ipinfo, "ipinfo-hostname-nopostal.json").address->to_string(), "46.43.113.22");
  EXPECT_EQ(read(Provider::ipinfo, "ipinfo-anycast.json").address->to_string(), "151.101.131.5");
}

TEST_F(LookupAnswer, ABogonIsAnErrorAndNoAddress) {
  const auto answer = read(Provider::ipinfo, "ipinfo-bogon.json");
  EXPECT_FALSE(answer.address);
  EXPECT_TRUE(answer.error);
}

TEST_F(LookupAnswer, IpApiSaysFailWithStatus200) {
  const auto answer = read(Provider::ip_api, "ip-api-fail-private.json");
  EXPECT_FALSE(answer.address);
  EXPECT_EQ(answer.error, "the provider says: private range");
  EXPECT_TRUE(read(Provider::ip_api, "ip-api-fail-reserved.json").error);
}

TEST_F(LookupAnswer, IpApiTellsAddressPlaceAndNetwork) {
  const auto answer = read(Provider::ip_api, "ip-api-ok.json");
  EXPECT_EQ(answer.provider, "ip-api");
  EXPECT_EQ(answer.address->to_string(), "54.39.68.110");
  EXPECT_EQ(answer.country_code, "CA");
  EXPECT_EQ(answer.asn, 16276U);
}

TEST_F(LookupAnswer, CloudflareTellsAddressAndCountry) {
  const auto answer = read(Provider::cloudflare, "cf-trace-real-2026.txt");
  EXPECT_EQ(answer.address->to_string(), "111.249.78.157");
  EXPECT_EQ(answer.country_code, "TW");
}

TEST_F(LookupAnswer, AnotherProvidersFailureIsAnError) {
  EXPECT_TRUE(read(Provider::ipinfo, "ipwhois-fail.json").error);
  EXPECT_TRUE(read(Provider::hub, "ipwhois-fail.json").error);
}

TEST(LookupRules, AnAddressThatIsNotPublicIsNeverTold) {
  for (const auto* const text : {"10.0.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1", "169.254.1.1", "192.0.2.1",
                                 "224.0.0.1", "0.0.0.0", "not an address", ""}) {
    const auto answer = read_lookup(Provider::hub, Family::v4, 200, "{\"address\":\"" + std::string(text) + "\"}");
    EXPECT_FALSE(answer.address) << text;
    EXPECT_TRUE(answer.error) << text;
  }
  EXPECT_EQ(read_lookup(Provider::hub, Family::v4, 200, R"({"address":"9.9.9.9"})").address->to_string(), "9.9.9.9");
}

TEST(LookupRules, AnAnswerInTheOtherFamilyIsAnError) {
  EXPECT_TRUE(read_lookup(Provider::hub, Family::v6, 200, R"({"address":"9.9.9.9"})").error);
  EXPECT_TRUE(read_lookup(Provider::hub, Family::v4, 200, R"({"address":"2620:fe::9"})").error);
  EXPECT_TRUE(read_lookup(Provider::hub, Family::v6, 200, R"({"address":"2620:fe::9"})").address);
}

TEST(LookupRules, WhatIsNoAnswerIsAnError) {
  EXPECT_EQ(read_lookup(Provider::ipinfo, Family::v4, 429, "{}").error, "the provider answers with HTTP status 429");
  EXPECT_TRUE(read_lookup(Provider::ipinfo, Family::v4, 200, "<html>").error);
  EXPECT_TRUE(read_lookup(Provider::ip_api, Family::v4, 200, "[1]").error);
  EXPECT_TRUE(read_lookup(Provider::cloudflare, Family::v4, 200, "ip=\n").error);
  EXPECT_TRUE(read_lookup(Provider::ipinfo, Family::v4, 200, R"({"ip":7})").error);
}

TEST(LookupRules, UnknownCountriesAreLeftOut) {
  EXPECT_FALSE(read_lookup(Provider::cloudflare, Family::v4, 200, "ip=9.9.9.9\nloc=XX\n").country_code);
  EXPECT_FALSE(read_lookup(Provider::cloudflare, Family::v4, 200, "ip=9.9.9.9\nloc=T1\n").country_code);
}

}  // namespace
}  // namespace davylamp::probe
