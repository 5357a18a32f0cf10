#include "core/quota/forecast.hpp"

#include <gtest/gtest.h>

namespace davylamp::core {
namespace {

using namespace std::chrono_literals;
const base::Time start = base::from_unix_seconds(1'795'000'000);

}  // namespace

TEST(Forecast, KnowsNothingInTheFirstHourOfAFirstPeriod) {
  const auto guess = forecast({start, start + 240h, 1'000, 10'000, {}}, start + 59min);
  EXPECT_FALSE(guess.forecast_bytes);
  EXPECT_FALSE(guess.runs_out_at);
}

TEST(Forecast, GoesOnAtThePaceSoFar) {
  const auto guess = forecast({start, start + 100h, 2'000, 8'000, {}}, start + 20h);
  EXPECT_EQ(guess.forecast_bytes, 10'000U);
  EXPECT_EQ(guess.runs_out_at, start + 80h);
  EXPECT_FALSE(forecast({start, start + 100h, 2'000, 10'001, {}}, start + 20h).runs_out_at);
}

TEST(Forecast, TrustsThePeriodBeforeAtTheBeginning) {
  const double last = 5'000.0 / 360'000;
  EXPECT_EQ(forecast({start, start + 100h, 0, 10'000, last}, start).forecast_bytes, 5'000U);
  const auto half = forecast({start, start + 100h, 5'000, 20'000, last}, start + 50h);
  EXPECT_EQ(half.forecast_bytes, 5'000U + 3'750U);
}

}  // namespace davylamp::core
