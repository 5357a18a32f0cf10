#include "api/rates/bucket_table.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "api/agents/report_paths.hpp"

namespace davylamp::api {
namespace {

const auto now = base::from_unix_seconds(1'795'000'000);
constexpr Rate rate{.per_minute = 60, .burst = 5};

}  // namespace

TEST(Bucket, HoldsABurstAndFillsEvenly) {
  Bucket bucket;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(bucket.take(rate, now).granted);
  const auto refused = bucket.take(rate, now);
  EXPECT_FALSE(refused.granted);
  EXPECT_EQ(refused.retry_after, base::Seconds(1));
  EXPECT_FALSE(bucket.take(rate, now + base::Milliseconds(999)).granted);
  EXPECT_TRUE(bucket.take(rate, now + base::Milliseconds(1'000)).granted);
  EXPECT_FALSE(bucket.take(rate, now + base::Milliseconds(1'000)).granted);
  EXPECT_TRUE(bucket.whole(now + base::Seconds(6)));
  EXPECT_EQ(bucket.take(rate, now + base::Seconds(600)).remaining, 4U);
}

TEST(Bucket, AClockThatIsSetBackDoesNotLockAnybodyOutForLong) {
  Bucket bucket;
  for (int i = 0; i < 5; ++i) bucket.take(rate, now);
  const auto before = now - base::Seconds(86'400);
  EXPECT_FALSE(bucket.take(rate, before).granted);
  EXPECT_LE(bucket.take(rate, before).retry_after, base::Seconds(1));
}

// Whatever is asked, and however fast: in any stretch of time t it gives at most the burst and rate * t.
TEST(Bucket, NeverGivesMoreThanTheBurstAndWhatItGains) {
  std::mt19937 random(20'261'121);
  for (int round = 0; round < 40; ++round) {
    const Rate drawn{static_cast<std::uint32_t>(1 + random() % 6'000), static_cast<std::uint32_t>(1 + random() % 300)};
    const auto pause = random() % 200;  // at most, in ms
    Bucket bucket;
    std::vector<base::Time> given;
    auto at = now;
    for (int i = 0; i < 300; ++i) {
      at += base::Milliseconds(random() % (pause + 1));
      if (bucket.take(drawn, at).granted) given.push_back(at);
    }
    for (std::size_t first = 0; first < given.size(); ++first) {
      for (std::size_t last = first; last < given.size(); ++last) {
        const auto seconds = std::chrono::duration<double>(given[last] - given[first]).count();
        ASSERT_LE(static_cast<double>(last - first + 1), drawn.burst + drawn.per_minute * seconds / 60 + 1e-6);
      }
    }
  }
}

TEST(Bucket, GivesWhatItPromisesAndSaysWhenItIsWhole) {
  Bucket bucket;
  EXPECT_EQ(bucket.look(rate, now).remaining, 5U);
  for (int i = 0; i < 5; ++i) bucket.take(rate, now);
  const auto refused = bucket.take(rate, now);
  EXPECT_EQ(refused.whole_in, base::Seconds(5));
  EXPECT_TRUE(bucket.take(rate, now + refused.retry_after).granted);
  EXPECT_EQ(bucket.look(rate, now + base::Seconds(60)).whole_in, base::Seconds(1))
      << "after the one that was looked for";
}

TEST(BucketTable, ForgetsWhoWasNotAskedForLongestAndCountsIt) {
  BucketTable table(2);
  table.take("a", rate, now, 5);
  table.take("b", rate, now);
  table.take("a", rate, now);  // refused, but asked
  table.take("c", rate, now, 5);
  EXPECT_EQ(table.size(), 2U);
  EXPECT_EQ(table.forgotten(), 1U);
  EXPECT_FALSE(table.take("a", rate, now).granted) << "b went, not a";
  table.take("d", rate, now + base::Seconds(60));
  EXPECT_EQ(table.forgotten(), 1U) << "c was whole again: nothing is lost with it";
}

TEST(BucketTable, LookingTakesNothing) {
  BucketTable table;
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(table.look("a", rate, now).granted);
  EXPECT_EQ(table.size(), 0U);
}

TEST(SubscriberKey, ASubscribersIpv6AddressesAreOne) {
  const auto key = [](std::string_view text) { return subscriber_key(*model::Address::parse(text)); };
  EXPECT_EQ(key("2001:db8::1"), key("2001:db8::ffff:1"));
  EXPECT_NE(key("2001:db8::1"), key("2001:db8:0:1::1"));
  EXPECT_NE(key("198.51.100.1"), key("198.51.100.2"));
  EXPECT_EQ(subscriber_of(*model::Address::parse("2001:db8::7")).to_string(), "2001:db8::");
}

TEST(ReportPaths, AKeyInAPathIsNotTold) {
  EXPECT_EQ(path_without_key("/ping/abc"), "/ping/KEY");
  EXPECT_EQ(path_without_key("/ping/abc/start"), "/ping/KEY/start");
  EXPECT_EQ(path_without_key("/api/push/abc"), "/api/push/KEY");
  EXPECT_EQ(path_without_key("/api/v1/me"), "/api/v1/me");
}

}  // namespace davylamp::api
