#include "bus/redis/buckets.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <thread>

#include "bus/redis/testing/redis_server.hpp"

namespace davylamp::redis {
namespace {

using testing::RedisServer;

class RedisBuckets : public ::testing::Test {
 protected:
  std::optional<contract::BucketAnswer> take(contract::SharedBuckets& buckets, const std::string& key,
                                             contract::Bucket bucket) {
    auto future = boost::asio::co_spawn(loop_, buckets.take(key, bucket), boost::asio::use_future);
    while (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds(10));
    }
    return future.get();
  }
  // Once there is a connection.
  std::optional<contract::BucketAnswer> take_when_connected(contract::SharedBuckets& buckets, const std::string& key,
                                                            contract::Bucket bucket) {
    for (int i = 0; i < 500; ++i) {
      if (const auto answer = take(buckets, "warm up", {60, 1'000'000})) return take(buckets, key, bucket);
      loop_.restart();
      loop_.run_for(std::chrono::milliseconds(10));
    }
    return std::nullopt;
  }
  boost::asio::io_context loop_{1};
};

TEST_F(RedisBuckets, AreSharedByDaemons) {
  const RedisServer server;
  const auto one = open_buckets(loop_.get_executor(), server.options());
  const auto two = open_buckets(loop_.get_executor(), server.options());
  const contract::Bucket bucket{6, 3};
  const auto first = take_when_connected(*one, "a", bucket);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->taken);
  EXPECT_EQ(first->remaining, 2U);
  EXPECT_EQ(take_when_connected(*two, "a", bucket)->remaining, 1U);
  EXPECT_EQ(take(*one, "a", bucket)->remaining, 0U);
  const auto empty = take(*two, "a", bucket);
  ASSERT_TRUE(empty);
  EXPECT_FALSE(empty->taken);
  EXPECT_GT(empty->wait, base::Milliseconds{5'000});
  EXPECT_LE(empty->wait, base::Milliseconds{10'000});
  EXPECT_TRUE(take(*two, "b", bucket)->taken);
}

TEST_F(RedisBuckets, FillUpAgainAndAreForgotten) {
  const RedisServer server;
  const auto buckets = open_buckets(loop_.get_executor(), server.options());
  const contract::Bucket quick{60'000, 1};
  ASSERT_TRUE(take_when_connected(*buckets, "a", quick)->taken);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  bool again = false;
  while (!again && std::chrono::steady_clock::now() < until) again = take(*buckets, "a", quick)->taken;
  EXPECT_TRUE(again);
  const auto expires = server.ask({"PTTL", "davylamp:bucket:a"}).integer;
  EXPECT_GT(expires, 0);
  EXPECT_LE(expires, 1'001);
}

TEST_F(RedisBuckets, GiveNoAnswerWhileRedisIsAwayAndAnswerAgainLater) {
  RedisServer server;
  const auto buckets = open_buckets(loop_.get_executor(), server.options());
  ASSERT_TRUE(take_when_connected(*buckets, "a", {60, 5}));
  server.kill();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(take(*buckets, "a", {60, 5}));
  EXPECT_FALSE(take(*buckets, "a", {60, 5}));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
  server.start();
  EXPECT_TRUE(take_when_connected(*buckets, "a", {60, 5}));
}

}  // namespace
}  // namespace davylamp::redis
