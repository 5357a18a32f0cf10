#include "core/attempt_board.hpp"

#include <gtest/gtest.h>

#include "core/pipeline.hpp"

namespace davylamp::core {
namespace {

model::AttemptCount row(std::uint64_t number, std::uint64_t count) {
  model::AttemptCount attempt;
  attempt.number = number;
  attempt.address = *model::Address::parse("198.51.100.9");
  attempt.why = "auth_failed";
  attempt.user = "anna";
  attempt.count = count;
  return attempt;
}

model::Observation told(std::uint64_t sequence, std::vector<model::AttemptCount> rows, std::uint64_t boot = 7) {
  return {{"node", "firewall", "edge"},
          boot,
          sequence,
          base::from_unix_seconds(1'795'000'000),
          model::AttemptsCounted{std::move(rows)}};
}

TEST(AttemptBoard, WritesTheGreatestCountOfEachRowOnce) {
  Pipeline pipeline;
  pipeline.apply(told(1, {row(1, 3), row(2, 1)}));
  pipeline.apply(told(2, {row(1, 5)}));
  pipeline.apply(told(3, {row(1, 4)}));
  const auto effects = pipeline.take(Pipeline::Scope::changes);
  ASSERT_EQ(effects.attempts.size(), 2U);
  EXPECT_EQ(effects.attempts[0].source.to_text(), "node/firewall/edge");
  EXPECT_EQ(effects.attempts[0].boot, 7U);
  EXPECT_EQ(effects.attempts[0].attempt, row(1, 5));
  EXPECT_EQ(effects.attempts[1].attempt, row(2, 1));
  EXPECT_TRUE(pipeline.take().attempts.empty());
}

TEST(AttemptBoard, TellsRowsOfTwoBootsApart) {
  Pipeline pipeline;
  pipeline.apply(told(1, {row(1, 3)}, 7));
  pipeline.apply(told(1, {row(1, 2)}, 8));
  EXPECT_EQ(pipeline.take().attempts.size(), 2U);
}

TEST(AttemptBoard, TakesARepeatedDeliveryOnce) {
  Pipeline pipeline;
  pipeline.apply(told(1, {row(1, 3)}));
  pipeline.take();
  pipeline.apply(told(1, {row(1, 3)}));
  EXPECT_TRUE(pipeline.take().attempts.empty());
}

TEST(AttemptBoard, WritesNothingOfAnErasedUser) {
  Pipeline pipeline;
  auto nameless = row(2, 1);
  nameless.user.clear();
  pipeline.apply(told(1, {row(1, 3), nameless}));
  pipeline.forget_user("anna");
  const auto effects = pipeline.take();
  ASSERT_EQ(effects.attempts.size(), 1U);
  EXPECT_EQ(effects.attempts[0].attempt.number, 2U);
}

}  // namespace
}  // namespace davylamp::core
