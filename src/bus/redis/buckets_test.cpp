#include "bus/redis/buckets.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <stdexcept>

#include "bus/redis/testing/redis_server.hpp"

namespace davylamp::redis {
namespace {

using testing::RedisServer;
using Steady = std::chrono::steady_clock;

// Only a test that fails waits for so long.
constexpr std::chrono::seconds patience{60};
// Longer than that: what comes has not waited for it.
constexpr base::Milliseconds an_hour{3'600'000};

class RedisBuckets : public ::testing::Test {
 protected:
  using Answer = std::optional<contract::BucketAnswer>;
  Answer take(contract::SharedBuckets& buckets, const std::string& key, contract::Bucket bucket) {
    auto future = boost::asio::co_spawn(loop_, buckets.take(key, bucket), boost::asio::use_future);
    const auto until = Steady::now() + patience;
    while (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      if (Steady::now() > until) throw std::runtime_error("nobody answered, not even by nothing");
      loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds(10));
    }
    return future.get();
  }
  // Asks until there is an answer.
  contract::BucketAnswer answer(contract::SharedBuckets& buckets, const std::string& key, contract::Bucket bucket) {
    const auto until = Steady::now() + patience;
    while (Steady::now() < until) {
      if (const auto answer = take(buckets, key, bucket)) return *answer;
      loop_.restart();
      loop_.run_for(std::chrono::milliseconds(10));
    }
    throw std::runtime_error("no answer");
  }
  boost::asio::io_context loop_{1};
};

TEST_F(RedisBuckets, AreSharedByDaemons) {
  const RedisServer server;
  const auto one = open_buckets(loop_.get_executor(), server.options(), an_hour);
  const auto two = open_buckets(loop_.get_executor(), server.options(), an_hour);
  const contract::Bucket bucket{1, 3};
  const auto first = answer(*one, "a", bucket);
  EXPECT_TRUE(first.taken);
  EXPECT_EQ(first.remaining, 2U);
  EXPECT_EQ(answer(*two, "a", bucket).remaining, 1U);
  EXPECT_EQ(answer(*one, "a", bucket).remaining, 0U);
  const auto empty = answer(*two, "a", bucket);
  EXPECT_FALSE(empty.taken);
  EXPECT_GT(empty.wait, base::Milliseconds{0});
  EXPECT_LE(empty.wait, base::Milliseconds{60'000});
  EXPECT_TRUE(answer(*two, "b", bucket).taken);
}

TEST_F(RedisBuckets, FillUpAgain) {
  const RedisServer server;
  const auto buckets = open_buckets(loop_.get_executor(), server.options(), an_hour);
  const contract::Bucket quick{600, 1};
  ASSERT_TRUE(answer(*buckets, "a", quick).taken);
  const auto until = Steady::now() + patience;
  bool again = false;
  while (!again && Steady::now() < until) again = answer(*buckets, "a", quick).taken;
  EXPECT_TRUE(again);
}

TEST_F(RedisBuckets, AreForgottenOnceTheyAreFull) {
  const RedisServer server;
  const auto buckets = open_buckets(loop_.get_executor(), server.options(), an_hour);
  answer(*buckets, "a", {6, 30});
  const auto expires = server.ask({"PTTL", "davylamp:bucket:a"}).integer;
  EXPECT_GT(expires, 0);
  EXPECT_LE(expires, 301'000);
}

TEST_F(RedisBuckets, GiveNoAnswerWhileRedisIsAwayAndAnswerAgainLater) {
  RedisServer server;
  const auto buckets = open_buckets(loop_.get_executor(), server.options(), an_hour);
  EXPECT_TRUE(answer(*buckets, "a", {60, 5}).taken);
  server.kill();
  EXPECT_FALSE(take(*buckets, "a", {60, 5}));
  EXPECT_FALSE(take(*buckets, "a", {60, 5}));
  server.start();
  answer(*buckets, "a", {60, 5});
}

TEST_F(RedisBuckets, ARedisThatHangsIsNotWaitedForAndIsNotAskedLaterForThoseWhoWentOn) {
  RedisServer server;
  const auto hasty = open_buckets(loop_.get_executor(), server.options(), base::Milliseconds{20});
  const auto patient = open_buckets(loop_.get_executor(), server.options(), an_hour);
  const contract::Bucket bucket{1, 5};
  server.pause();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(take(*hasty, "a", bucket));
  server.resume();
  answer(*hasty, "b", bucket);
  EXPECT_EQ(answer(*patient, "a", bucket).remaining, 4U);
}

}  // namespace
}  // namespace davylamp::redis
