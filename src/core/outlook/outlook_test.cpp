#include "core/outlook/outlook.hpp"

#include <gtest/gtest.h>

#include "core/outlook/testing_series.hpp"

namespace davylamp::core {
namespace {

using testing::Happening;
using testing::LabelledSeries;
using testing::make_series;

base::Time at(const LabelledSeries& series, std::size_t i) {
  return series.begins_at + (Outlook::span * static_cast<std::int64_t>(i));
}

std::vector<model::Warning> warnings_of(const LabelledSeries& series) {
  Outlook outlook;
  for (std::size_t i = 0; i < series.values.size(); ++i)
    outlook.add("sessions", "udp", at(series, i), series.values[i]);
  outlook.tick(at(series, series.values.size() + 1));
  return outlook.take();
}

}  // namespace

TEST(Outlook, AUsualWeekIsNoWarning) {
  std::size_t warned = 0;
  for (std::uint32_t seed = 1; seed <= 20; ++seed)
    warned += warnings_of(make_series(seed, Happening::nothing)).empty() ? 0 : 1;
  EXPECT_LE(warned, 2U) << "in 20 series of four weeks";
}

TEST(Outlook, AnOddValueAloneIsNoWarning) {
  std::size_t warned = 0;
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    const auto series = make_series(seed, Happening::odd_value);
    for (const auto& warning : warnings_of(series)) warned += warning.since_at == at(series, series.from) ? 1 : 0;
  }
  EXPECT_EQ(warned, 0U);
}

TEST(Outlook, HalfTheUsualIsToldWithinTwoHoursAndWhenItIsOver) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    const auto series = make_series(seed, Happening::drop);
    const auto warnings = warnings_of(series);
    std::size_t found = 0;
    bool ended = false;
    for (const auto& warning : warnings) {
      if (warning.higher || warning.since_at < at(series, series.from) ||
          warning.since_at > at(series, series.from + 12))
        continue;
      ++found;
      ended = ended || warning.ended_at.has_value();
    }
    EXPECT_GE(found, 1U) << seed;
    EXPECT_TRUE(ended) << seed;
  }
}

TEST(Outlook, AWarningShowsItsSeriesAndWhy) {
  const auto warnings = warnings_of(make_series(3, Happening::rise));
  ASSERT_FALSE(warnings.empty());
  const auto& warning = warnings.front();
  EXPECT_TRUE(warning.higher);
  EXPECT_EQ(warning.what, "sessions");
  ASSERT_FALSE(warning.points.empty());
  const auto& last = warning.points.back();
  EXPECT_GT(last.value, last.high);
  EXPECT_LT(last.low, last.expected);
  EXPECT_NE(warning.why.find("sessions of udp is higher than usual at this hour: "), std::string::npos) << warning.why;
}

TEST(Outlook, WhatStaysAwayForADayIsTheNewUsual) {
  auto series = make_series(5, Happening::nothing);
  const auto from = series.values.size() - (5 * 144);
  for (std::size_t i = from; i < series.values.size(); ++i) series.values[i] *= 3;
  const auto warnings = warnings_of(series);
  ASSERT_FALSE(warnings.empty());
  EXPECT_TRUE(warnings.back().ended_at) << "it does not go on for ever";
  EXPECT_NE(warnings.back().why.find("counts as usual from now on"), std::string::npos) << warnings.back().why;
}

TEST(Outlook, AWeekMustBeKnown) {
  auto series = make_series(7, Happening::nothing, 7);
  for (std::size_t i = 900; i < 940; ++i) series.values[i] *= 10;
  EXPECT_TRUE(warnings_of(series).empty());
}

TEST(Outlook, AGapIsNeitherHighNorLow) {
  const auto series = make_series(9, Happening::nothing);
  Outlook outlook;
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    if (i < 3'000 || i > 3'400) outlook.add("sessions", "udp", at(series, i), series.values[i]);
  }
  EXPECT_TRUE(outlook.take().empty());
}

TEST(Outlook, AForecastHoldsMostOfWhatComes) {
  std::size_t inside = 0;
  std::size_t all = 0;
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    const auto series = make_series(seed, Happening::nothing);
    const auto now = series.values.size() - 144;
    Outlook outlook;
    for (std::size_t i = 0; i < now; ++i) outlook.add("sessions", "udp", at(series, i), series.values[i]);
    for (const auto& point : outlook.forecast("sessions", "udp", at(series, now), 23)) {
      const auto i = static_cast<std::size_t>((point.at - series.begins_at) / Outlook::span);
      ++all;
      inside += series.values[i] >= point.low && series.values[i] <= point.high ? 1 : 0;
    }
  }
  EXPECT_EQ(all, 20U * 23U);
  EXPECT_GT(inside, all * 85 / 100);
}

TEST(Outlook, ThereAreNotEndlesslyManySeries) {
  Outlook outlook;
  for (std::size_t i = 0; i < Outlook::most_series + 3; ++i) outlook.add("latency", std::to_string(i), base::Time{}, 1);
  EXPECT_EQ(outlook.series(), Outlook::most_series);
  EXPECT_EQ(outlook.refused_series(), 3U);
  outlook.forget("7");
  EXPECT_EQ(outlook.series(), Outlook::most_series - 1);
}

}  // namespace davylamp::core
