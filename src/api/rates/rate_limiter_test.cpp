#include "api/rates/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <map>

namespace davylamp::api {
namespace {

model::Address address(std::string_view text) {
  return base::value_or_throw(model::Address::parse(text));
}

// One count for all who ask it, as Redis holds it; silent when told so.
class Together : public contract::SharedBuckets {
 public:
  explicit Together(const base::Clock& clock) : clock_(clock) {}
  io::Task<std::optional<contract::BucketAnswer>> take(std::string key, contract::Bucket bucket) override {
    ++asked;
    keys.push_back(key);
    if (silent) co_return std::nullopt;
    const auto allowance = buckets_[key].take({bucket.per_minute, bucket.burst}, clock_.now());
    co_return contract::BucketAnswer{allowance.granted, allowance.remaining, allowance.retry_after};
  }
  int asked = 0;
  bool silent = false;
  std::vector<std::string> keys;

 private:
  const base::Clock& clock_;
  std::map<std::string, Bucket> buckets_;
};

class RateLimiterTest : public testing::Test {
 protected:
  template <class T>
  T run(io::Task<T> task) {
    loop_.restart();
    auto future = boost::asio::co_spawn(loop_, std::move(task), boost::asio::use_future);
    loop_.run();
    return future.get();
  }
  // How many of `tries` calls are granted.
  int granted(RateLimiter& limiter, std::string_view from, int tries, RateClass rate_class = RateClass::ordinary) {
    int count = 0;
    for (int i = 0; i < tries; ++i) {
      ticket = {};
      count += run(limiter.take_address(ticket, address(from), rate_class)) ? 1 : 0;
    }
    return count;
  }
  int granted_login(RateLimiter& limiter, std::string_view login, int tries, RateClass rate_class) {
    int count = 0;
    for (int i = 0; i < tries; ++i) {
      ticket = {};
      count += run(limiter.take_login(ticket, login, rate_class)) ? 1 : 0;
    }
    return count;
  }

  base::ManualClock clock;
  Rates rates{{60, 10}, {60, 8}, {6, 3}, {6, 2}};
  RateTicket ticket;

 private:
  boost::asio::io_context loop_{1};
};

}  // namespace

TEST_F(RateLimiterTest, CountsEachSubscriberAlone) {
  RateLimiter limiter(rates, clock);
  EXPECT_EQ(granted(limiter, "192.0.2.1", 20), 10);
  EXPECT_EQ(granted(limiter, "192.0.2.2", 20), 10);
  EXPECT_EQ(granted(limiter, "2001:db8::1", 20), 10);
  EXPECT_EQ(granted(limiter, "2001:db8::ffff", 20), 0) << "the same /64";
  EXPECT_EQ(limiter.stats().limited, 50U);
}

TEST_F(RateLimiterTest, PasswordsAndExportsHaveABucketOfTheirOwn) {
  RateLimiter limiter(rates, clock);
  EXPECT_EQ(granted(limiter, "192.0.2.1", 20, RateClass::login), 3);
  EXPECT_EQ(ticket.rate, rates.login);
  EXPECT_EQ(ticket.allowance.retry_after, base::Seconds(10));
  EXPECT_EQ(granted(limiter, "192.0.2.1", 20), 7) << "those three counted as ordinary calls too";
  EXPECT_EQ(granted_login(limiter, "a", 20, RateClass::heavy), 2);
  EXPECT_EQ(granted_login(limiter, "a", 20, RateClass::ordinary), 6);
  EXPECT_EQ(granted_login(limiter, "b", 20, RateClass::ordinary), 8);
}

TEST_F(RateLimiterTest, TheBucketThatHasLeastLeftSpeaks) {
  RateLimiter limiter(rates, clock);
  run(limiter.take_address(ticket, address("192.0.2.1"), RateClass::ordinary));
  EXPECT_EQ(ticket.allowance.remaining, 9U);
  run(limiter.take_login(ticket, "a", RateClass::ordinary));
  EXPECT_EQ(ticket.allowance.remaining, 7U);
  EXPECT_EQ(ticket.rate, rates.token);
}

TEST_F(RateLimiterTest, SeveralDaemonsCountTogether) {
  Together together(clock);
  RateLimiter first(rates, clock, &together);
  RateLimiter second(rates, clock, &together);
  EXPECT_EQ(granted(first, "192.0.2.1", 6) + granted(second, "192.0.2.1", 6), 10);
  EXPECT_EQ(second.stats().shared_refusals, 2U);
  EXPECT_GE(ticket.allowance.retry_after, base::Seconds(1));
  EXPECT_EQ(together.keys.front(), "address:192.0.2.1");
}

TEST_F(RateLimiterTest, AFloodIsRefusedWithoutAskingTheOthers) {
  Together together(clock);
  RateLimiter limiter(rates, clock, &together);
  granted(limiter, "192.0.2.1", 1'000);
  EXPECT_EQ(together.asked, 10);
}

TEST_F(RateLimiterTest, WhenTheOthersAreSilentItCountsAloneAndLeavesThemForASecond) {
  Together together(clock);
  together.silent = true;
  RateLimiter limiter(rates, clock, &together);
  EXPECT_EQ(granted(limiter, "192.0.2.1", 20), 10);
  EXPECT_EQ(together.asked, 1);
  EXPECT_EQ(limiter.stats().shared_silent, 1U);
  clock.advance(base::Seconds(2));
  granted(limiter, "192.0.2.1", 1);
  EXPECT_EQ(together.asked, 2);
}

}  // namespace davylamp::api
