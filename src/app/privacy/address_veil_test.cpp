#include "app/privacy/address_veil.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "app/privacy/statement.hpp"
#include "base/testing/temporary_directory.hpp"

namespace davylamp::app {
namespace {

const base::Time now = base::from_unix_seconds(1'795'000'000);

class AddressVeilTest : public testing::Test {
 protected:
  std::string key_path() const { return folder_ + "/privacy.key"; }

  static model::Fact seen(std::string_view address, base::Time connected_at = now) {
    model::PeerSeen seen;
    seen.facts.emplace();
    seen.facts->connected_at = connected_at;
    seen.facts->real = model::Endpoint{*model::Address::parse(address), 40'000};
    seen.facts->place = model::Place{.kind = model::AddressKind::public_,
                                     .country_code = "DE",
                                     .country = "Germany",
                                     .city = "Berlin",
                                     .latitude = 52.5,
                                     .longitude = 13.4,
                                     .asn = 64'496U,
                                     .network = "Example"};
    return seen;
  }
  static const model::PeerFacts& facts(const model::Fact& fact) { return *std::get<model::PeerSeen>(fact).facts; }

  base::TemporaryDirectory temporary_;
  std::string folder_ = temporary_.path();
};

}  // namespace

TEST_F(AddressVeilTest, FullLeavesEverything) {
  auto fact = seen("198.51.100.77");
  AddressVeil(PrivacyMode::full, nullptr).cover(fact);
  EXPECT_EQ(facts(fact).real->to_text(), "198.51.100.77:40000");
}

TEST_F(AddressVeilTest, TruncatedKeepsTheNetworkOnly) {
  const AddressVeil veil(PrivacyMode::truncated, nullptr);
  auto fact = seen("198.51.100.77");
  veil.cover(fact);
  EXPECT_EQ(facts(fact).real->to_text(), "198.51.100.0");
  EXPECT_EQ(facts(fact).place->city, "Berlin") << "it was found before";
  fact = seen("2001:db8:1:2:3::4");
  veil.cover(fact);
  EXPECT_EQ(facts(fact).real->to_text(), "2001:db8:1::");
}

TEST_F(AddressVeilTest, CountryOnlyKeepsTheCountryOnly) {
  auto fact = seen("198.51.100.77");
  AddressVeil(PrivacyMode::country_only, nullptr).cover(fact);
  EXPECT_FALSE(facts(fact).real);
  EXPECT_EQ(facts(fact).place,
            (model::Place{.kind = model::AddressKind::public_, .country_code = "DE", .country = "Germany"}));
}

TEST_F(AddressVeilTest, KeyedHashRecognisesTheSameClientWithinAPeriodAndNotAfter) {
  RotatingKey key(key_path(), base::Seconds{3600}, now);
  const AddressVeil veil(PrivacyMode::keyed_hash, &key);
  const auto pseudonym = [&](std::string_view address, base::Time at) {
    auto fact = seen(address, at);
    veil.cover(fact);
    return facts(fact).real;
  };
  const auto first = pseudonym("198.51.100.77", now);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->to_text().starts_with("100::")) << first->to_text();
  EXPECT_FALSE(first->port);
  EXPECT_EQ(first->address.kind(), model::AddressKind::reserved);
  EXPECT_EQ(pseudonym("198.51.100.77", now), first);
  EXPECT_NE(pseudonym("198.51.100.78", now), first);
  key.renew(now + base::Seconds{3599});
  EXPECT_EQ(pseudonym("198.51.100.77", now), first);
  key.renew(now + base::Seconds{3600});
  EXPECT_NE(pseudonym("198.51.100.77", now + base::Seconds{3600}), first);
  EXPECT_FALSE(pseudonym("198.51.100.77", now)) << "a session that began before the key is not tied to the new one";
}

TEST_F(AddressVeilTest, TheKeyOutlivesARestartButNotItsTime) {
  const auto one = RotatingKey(key_path(), base::Seconds{3600}, now).key();
  EXPECT_EQ(RotatingKey(key_path(), base::Seconds{3600}, now + base::Seconds{60}).key(), one);
  struct stat facts{};
  ASSERT_EQ(::stat(key_path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  EXPECT_NE(RotatingKey(key_path(), base::Seconds{3600}, now + base::Seconds{7200}).key(), one);
  std::ofstream(key_path()) << "rubbish";
  EXPECT_NO_THROW(RotatingKey(key_path(), base::Seconds{3600}, now));
  EXPECT_THROW(RotatingKey(folder_ + "/no/such", base::Seconds{3600}, now), base::Failure);
}

TEST_F(AddressVeilTest, CoversLastWordsAndRefusedLoginsToo) {
  const AddressVeil veil(PrivacyMode::truncated, nullptr);
  const model::Endpoint real{*model::Address::parse("198.51.100.77"), 1};
  model::PeerFinal last;
  last.facts.real = real;
  model::Fact fact = last;
  veil.cover(fact);
  EXPECT_EQ(std::get<model::PeerFinal>(fact).facts.real->to_text(), "198.51.100.0");
  fact = model::LoginRefused{"anna", real, {}, "quota"};
  veil.cover(fact);
  EXPECT_EQ(std::get<model::LoginRefused>(fact).real->to_text(), "198.51.100.0");
}

TEST_F(AddressVeilTest, AUserWhoIsKnownByTheAddressOnlyIsCoveredWithIt) {
  RotatingKey key(key_path(), std::chrono::hours{24}, now - base::Seconds{60});
  const auto user_in = [&](PrivacyMode mode) {
    auto fact = seen("198.51.100.77");
    std::get<model::PeerSeen>(fact).facts->user = "198.51.100.77";
    std::get<model::PeerSeen>(fact).facts->user_is_address = true;
    AddressVeil(mode, &key).cover(fact);
    return facts(fact).user;
  };
  EXPECT_EQ(user_in(PrivacyMode::full), "198.51.100.77");
  EXPECT_EQ(user_in(PrivacyMode::truncated), "198.51.100.0");
  EXPECT_TRUE(user_in(PrivacyMode::keyed_hash).starts_with("100::"));
  EXPECT_EQ(user_in(PrivacyMode::country_only), "anonymous");
}

TEST_F(AddressVeilTest, AttemptsAreCoveredToo) {
  model::AttemptCount attempt;
  attempt.address = *model::Address::parse("198.51.100.77");
  attempt.place = model::Place{.country_code = "DE", .city = "Berlin"};
  model::Fact fact = model::AttemptsCounted{{attempt}};
  AddressVeil(PrivacyMode::truncated, nullptr).cover(fact);
  EXPECT_EQ(std::get<model::AttemptsCounted>(fact).attempts[0].address->to_string(), "198.51.100.0");
  fact = model::AttemptsCounted{{attempt}};
  AddressVeil(PrivacyMode::country_only, nullptr).cover(fact);
  EXPECT_FALSE(std::get<model::AttemptsCounted>(fact).attempts[0].address);
  EXPECT_EQ(std::get<model::AttemptsCounted>(fact).attempts[0].place->city, std::nullopt);
}

TEST(PrivacyStatement, SaysWhatEachModeKeeps) {
  Config config;
  std::set<std::string> first;
  for (const auto mode :
       {PrivacyMode::full, PrivacyMode::truncated, PrivacyMode::keyed_hash, PrivacyMode::country_only}) {
    config.privacy.mode = mode;
    first.insert(privacy_statement(config).at(0));
  }
  EXPECT_EQ(first.size(), 4U);
  config.retention.sessions_days = 1;
  EXPECT_NE(privacy_statement(config).at(2).find("for 1 day after"), std::string::npos);
}

}  // namespace davylamp::app
