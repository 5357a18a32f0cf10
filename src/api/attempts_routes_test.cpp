#include <gtest/gtest.h>

#include "api/routes.hpp"
#include "api/testing/api_under_test.hpp"
#include "api/testing/golden.hpp"
#include "api/testing/sample.hpp"

namespace davylamp::api {
namespace {

using base::Seconds;
using testing::sample_now;

class AttemptsRoutes : public ::testing::Test {
 protected:
  AttemptsRoutes() {
    contract::AttemptRow row;
    row.address = testing::address("198.51.100.42");
    row.place = testing::sample_session({}).place;
    row.protocol = "udp";
    row.port = std::uint16_t{1194};
    row.outcome = model::AttemptOutcome::failed;
    row.why = "auth_failed";
    row.user = "alice \"x\"\n";
    row.server = "fra-1";
    row.count = 12;
    row.first_at = sample_now - Seconds(3'600);
    row.last_at = sample_now;
    contract::AttemptRow rest;
    rest.why = "[UFW BLOCK]";
    rest.count = 3;
    api_.rows->attempts = {{row, rest}, {{"DE", "Germany", 0, 12, 0}, {{}, {}, 3, 0, 0}}, 2, "next"};
    api_.add_account("ann", model::Role::viewer);
    api_.reload();
    api_.login("ann", api_.password);
  }
  testing::ApiUnderTest api_;
};

TEST_F(AttemptsRoutes, AnswerAsTheGoldenFileSays) {
  testing::expect_golden("attempts", api_.get("/api/v1/attempts").body);
}

TEST_F(AttemptsRoutes, AskForADayOfAllByTheirCount) {
  EXPECT_EQ(api_.get("/api/v1/attempts").status, 200U);
  const auto& asked = api_.rows->last_attempts;
  EXPECT_EQ(asked.from, sample_now - Seconds(86'400));
  EXPECT_EQ(asked.outcome, std::nullopt);
  EXPECT_EQ(asked.sort, contract::AttemptSort::count);
  EXPECT_EQ(asked.limit, 100U);
}

TEST_F(AttemptsRoutes, PassOnEveryFilter) {
  const auto answer = api_.get("/api/v1/attempts", {{"hours", "2"},
                                                    {"outcome", "refused"},
                                                    {"server", "fra-1,hel-1"},
                                                    {"sort", "last_at"},
                                                    {"limit", "5"},
                                                    {"cursor", "c"}});
  EXPECT_EQ(answer.status, 200U) << answer.body;
  const auto& asked = api_.rows->last_attempts;
  EXPECT_EQ(asked.from, sample_now - Seconds(7'200));
  EXPECT_EQ(asked.outcome, model::AttemptOutcome::refused);
  EXPECT_EQ(asked.servers, (std::vector<std::string>{"fra-1", "hel-1"}));
  EXPECT_EQ(asked.sort, contract::AttemptSort::last_at);
  EXPECT_EQ(asked.limit, 5U);
  EXPECT_EQ(asked.cursor, "c");
}

TEST_F(AttemptsRoutes, RefuseWhatTheyDoNotKnow) {
  EXPECT_EQ(api_.get("/api/v1/attempts", {{"hours", "0"}}).status, 400U);
  EXPECT_EQ(api_.get("/api/v1/attempts", {{"hours", "745"}}).status, 400U);
  EXPECT_EQ(api_.get("/api/v1/attempts", {{"outcome", "maybe"}}).status, 400U);
  EXPECT_EQ(api_.get("/api/v1/attempts", {{"sort", "why"}}).status, 400U);
  EXPECT_EQ(api_.get("/api/v1/attempts", {{"cursor", "broken"}}).status, 400U);
  EXPECT_EQ(api_.get("/api/v1/attempts", {{"who", "x"}}).status, 400U);
}

}  // namespace
}  // namespace davylamp::api
