// Rates as callers of the API meet them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/api_under_test.hpp"

namespace davylamp::api::testing {
namespace {

using ::testing::HasSubstr;

constexpr Rates tight{.address = {60, 30}, .token = {60, 6}, .login = {6, 3}, .heavy = {6, 2}};

class RatesTest : public ::testing::Test {
 protected:
  RatesTest() { api.become(model::Role::admin); }
  // The status of the last of so many calls.
  unsigned last_of(int calls, const std::string& path, std::map<std::string, std::string> query = {}) {
    unsigned status = 0;
    for (int i = 0; i < calls; ++i) status = api.get(path, query).status;
    return status;
  }

  ApiUnderTest api{tight};
};

}  // namespace

TEST_F(RatesTest, AnAnswerSaysWhatIsLeft) {
  const auto answer = api.get("/api/v1/me");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(header(answer, "X-RateLimit-Limit"), "60");
  EXPECT_EQ(header(answer, "X-RateLimit-Remaining"), "5");
  EXPECT_EQ(header(answer, "X-RateLimit-Reset"), "1");
}

TEST_F(RatesTest, OneTooManyIsRefusedUntilItsTimeComes) {
  ASSERT_EQ(last_of(6, "/api/v1/me"), 200U);
  const auto refused = api.get("/api/v1/me");
  EXPECT_EQ(refused.status, 429U);
  EXPECT_EQ(refused.content_type, "application/problem+json");
  EXPECT_THAT(refused.body, HasSubstr("urn:davylamp:problem:too-many-requests"));
  EXPECT_EQ(header(refused, "Retry-After"), "1");
  EXPECT_EQ(header(refused, "X-RateLimit-Remaining"), "0");
  api.clock.advance(base::Seconds(1));
  EXPECT_EQ(api.get("/api/v1/me").status, 200U);
}

TEST_F(RatesTest, ALongHistoryIsHeavyAShortOneIsNot) {
  EXPECT_EQ(last_of(2, "/api/v1/history", {{"hours", "2160"}}), 200U);
  EXPECT_EQ(last_of(1, "/api/v1/history", {{"hours", "2160"}}), 429U);
  EXPECT_EQ(last_of(3, "/api/v1/history", {{"hours", "168"}}), 200U);
}

TEST_F(RatesTest, PasswordsAreTakenSlowly) {
  for (int i = 0; i < 2; ++i) EXPECT_EQ(api.login("nobody-" + std::to_string(i), "wrong").status, 401U);
  const auto refused = api.login("nobody", "wrong");
  EXPECT_EQ(refused.status, 429U) << "the login of this test was the first of three";
  EXPECT_EQ(header(refused, "Retry-After"), "10");
}

TEST_F(RatesTest, WithoutALoginTheAddressCounts) {
  api.cookies.clear();
  ASSERT_EQ(last_of(29, "/api/v1/me"), 401U);
  EXPECT_EQ(last_of(1, "/api/v1/me"), 429U);
  auto elsewhere = api.request(Method::get, "/api/v1/about");
  elsewhere.remote_address = address("192.0.2.8");
  EXPECT_EQ(api.send(elsewhere).status, 200U);
}

TEST_F(RatesTest, AWebSocketsOpeningCounts) {
  ASSERT_EQ(last_of(6, "/api/v1/me"), 200U);
  const auto outcome = run(api.loop, api.service.open_live(api.request(Method::get, "/api/v1/live")));
  ASSERT_TRUE(std::holds_alternative<Response>(outcome));
  EXPECT_EQ(std::get<Response>(outcome).status, 429U);
}

TEST_F(RatesTest, TheControlSocketIsNotCounted) {
  for (int i = 0; i < 100; ++i) {
    auto request = api.request(Method::get, "/api/v1/me");
    request.local_account = "local:root";
    const auto answer = api.send(request);
    ASSERT_EQ(answer.status, 200U);
    EXPECT_EQ(header(answer, "X-RateLimit-Limit"), "");
  }
}

TEST_F(RatesTest, WhatWasTurnedAwayIsTold) {
  last_of(10, "/api/v1/me");
  api.clock.advance(base::Seconds(60));
  EXPECT_THAT(api.get("/api/v1/losses").body, HasSubstr(R"("name":"requests_limited","count":4)"));
}

}  // namespace davylamp::api::testing
