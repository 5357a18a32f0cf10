#include "api/auth/login_guard.hpp"

#include <gtest/gtest.h>

#include "api/testing/api_under_test.hpp"

namespace davylamp::api {
namespace {

using base::Seconds;
using testing::address;

class LoginGuardTest : public ::testing::Test {
 protected:
  std::optional<Seconds> attempt(const std::string& account, std::string_view from = "192.0.2.1") {
    return guard_.attempt(account, address(from), clock_.now());
  }
  void fail(int times, const std::string& account = "ann") {
    for (int i = 0; i < times; ++i) ASSERT_FALSE(attempt(account)) << i;
  }
  LoginGuard guard_;
  base::ManualClock clock_;
};

}  // namespace

TEST_F(LoginGuardTest, LocksAfterFiveAndDoublesUpToAQuarterOfAnHour) {
  fail(5);
  for (const int seconds : {30, 60, 120, 240, 480, 900, 900}) {
    EXPECT_EQ(attempt("ann"), Seconds(seconds));
    clock_.advance(Seconds(seconds) - base::Milliseconds(1));
    EXPECT_EQ(attempt("ann"), Seconds(1));
    clock_.advance(base::Milliseconds(1));
    fail(1);
  }
}

TEST_F(LoginGuardTest, LocksOneAccountFromOneAddressOnly) {
  fail(5);
  EXPECT_TRUE(attempt("ann"));
  EXPECT_FALSE(attempt("bob"));
  EXPECT_FALSE(attempt("ann", "192.0.2.2"));
}

TEST_F(LoginGuardTest, LocksAnAddressThatTriesManyAccounts) {
  for (int i = 0; i < 20; ++i) fail(1, "account-" + std::to_string(i));
  EXPECT_EQ(attempt("another"), Seconds(30));
  EXPECT_FALSE(attempt("another", "192.0.2.2"));
}

TEST_F(LoginGuardTest, CountsAnIpv6NetworkAsOne) {
  for (int i = 1; i <= 20; ++i) EXPECT_FALSE(attempt("a" + std::to_string(i), "2001:db8::" + std::to_string(i)));
  EXPECT_TRUE(attempt("b", "2001:db8::ffff"));
  EXPECT_FALSE(attempt("b", "2001:db8:0:1::1"));
}

TEST_F(LoginGuardTest, ForgivesAfterASuccess) {
  fail(4);
  fail(1);
  guard_.succeeded("ann", address("192.0.2.1"));
  fail(4);
}

TEST_F(LoginGuardTest, DoesNotLetOneOwnAccountClearTheAddress) {
  for (int i = 0; i < 19; ++i) fail(1, "account-" + std::to_string(i));
  fail(1, "own");
  guard_.succeeded("own", address("192.0.2.1"));
  fail(1, "one-more");
  EXPECT_TRUE(attempt("yet-another"));
}

TEST_F(LoginGuardTest, ForgetsAfterAnHourOfQuiet) {
  fail(5);
  clock_.advance(Seconds(3'601));
  fail(4);
}

TEST_F(LoginGuardTest, StaysBounded) {
  LoginGuard guard({.most_entries = 100});
  for (int i = 0; i < 1'000; ++i) {
    const auto from = address("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250));
    EXPECT_FALSE(guard.attempt("ann", from, clock_.now()));
    clock_.advance(base::Milliseconds(1));
  }
  EXPECT_EQ(guard.entries(), 100U);
  EXPECT_EQ(guard.forgotten(), 1'900U);
}

TEST_F(LoginGuardTest, DoesNotLockLongerWhenTheClockIsSetBack) {
  fail(5);
  clock_.advance(-std::chrono::hours(24));
  EXPECT_EQ(attempt("ann"), Seconds(900));
}

}  // namespace davylamp::api
