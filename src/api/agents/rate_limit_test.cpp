#include "api/agents/rate_limit.hpp"

#include <gtest/gtest.h>

#include "api/agents/report_paths.hpp"

namespace davylamp::api {
namespace {

const auto now = base::from_unix_seconds(1'795'000'000);
constexpr Rate rate{.per_minute = 60, .burst = 5};

model::Address v4(std::uint8_t last) {
  return model::Address::from_v4({198, 51, 100, last});
}

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

TEST(AddressBuckets, AreBoundedAndForgetThoseThatAreWhole) {
  AddressBuckets buckets(rate, 2);
  buckets.take(v4(1), now, 5);
  buckets.take(v4(2), now);
  EXPECT_TRUE(buckets.take(v4(3), now, 4).granted);
  EXPECT_EQ(buckets.size(), 2U);
  EXPECT_TRUE(buckets.take(v4(4), now).granted) << "the last of what further ones share";
  EXPECT_FALSE(buckets.take(v4(5), now).granted);
  EXPECT_FALSE(buckets.look(v4(6), now).granted);
  EXPECT_TRUE(buckets.take(v4(5), now + base::Seconds(2)).granted) << "the second one was forgotten";
  EXPECT_EQ(buckets.size(), 2U);
}

TEST(AddressBuckets, ASubscribersIpv6AddressesAreOne) {
  AddressBuckets buckets(rate);
  buckets.take(*model::Address::parse("2001:db8::1"), now, 5);
  EXPECT_FALSE(buckets.take(*model::Address::parse("2001:db8::ffff:1"), now).granted);
  EXPECT_TRUE(buckets.take(*model::Address::parse("2001:db8:0:1::1"), now).granted);
}

TEST(ReportPaths, AKeyInAPathIsNotTold) {
  EXPECT_EQ(path_without_key("/ping/abc"), "/ping/KEY");
  EXPECT_EQ(path_without_key("/ping/abc/start"), "/ping/KEY/start");
  EXPECT_EQ(path_without_key("/api/push/abc"), "/api/push/KEY");
  EXPECT_EQ(path_without_key("/api/v1/me"), "/api/v1/me");
}

}  // namespace davylamp::api
