// How well early warnings find what was put into made-up series, and what a value costs. Precision: warnings that were
// right. Recall: happenings that were found. 200 series of four weeks for each happening, of 50 % to 300 % for 8 hours.
#include <benchmark/benchmark.h>

#include <cstdio>

#include "core/outlook/outlook.hpp"
#include "core/outlook/testing_series.hpp"

namespace {

using namespace davylamp;
using core::Outlook;
using core::testing::Happening;
using core::testing::LabelledSeries;

constexpr std::uint32_t series_of_each = 200;
constexpr long values_afterwards = 6;

struct Score {
  int found = 0;
  int right = 0;
  int wrong = 0;
  double spans_until_told = 0;
};

void score_one(const LabelledSeries& series, bool is_change, Score& score) {
  Outlook outlook;
  for (std::size_t i = 0; i < series.values.size(); ++i)
    outlook.add("sessions", "udp", series.begins_at + (Outlook::span * static_cast<long>(i)), series.values[i]);
  outlook.tick(series.begins_at + (Outlook::span * static_cast<long>(series.values.size() + 1)));
  bool found = false;
  base::Time last{};
  for (const auto& warning : outlook.take()) {
    if (std::exchange(last, warning.since_at) == warning.since_at) continue;
    const auto i = (warning.since_at - series.begins_at) / Outlook::span;
    const bool right =
        is_change && i >= static_cast<long>(series.from) && i < static_cast<long>(series.to) + values_afterwards;
    ++(right ? score.right : score.wrong);
    if (!right || std::exchange(found, true)) continue;
    ++score.found;
    score.spans_until_told += static_cast<double>(i) - static_cast<double>(series.from);
  }
}

void precision_and_recall(benchmark::State& state) {
  constexpr std::array happenings{Happening::drop,   Happening::rise,      Happening::drift,
                                  Happening::outage, Happening::odd_value, Happening::nothing};
  Score all;
  for (auto _ : state) {
    all = {};
    for (const auto happening : happenings) {
      const bool is_change = happening != Happening::odd_value && happening != Happening::nothing;
      for (std::uint32_t seed = 1; seed <= series_of_each; ++seed)
        score_one(core::testing::make_series((seed * 7) + static_cast<std::uint32_t>(happening), happening), is_change,
                  all);
    }
  }
  const double precision = all.right / static_cast<double>(all.right + all.wrong);
  const double recall = all.found / static_cast<double>(4 * series_of_each);
  state.counters["precision"] = precision;
  state.counters["recall"] = recall;
  state.counters["minutes_until_told"] = all.spans_until_told / all.found * 10;
  state.counters["false_in_1000_series_days"] = all.wrong / static_cast<double>(6 * series_of_each * 20) * 1'000;
  std::printf("early warnings on 1,200 labelled series: precision %.3f, recall %.3f (no gate in the issue: printed)\n",
              precision, recall);
}
BENCHMARK(precision_and_recall)->Iterations(1)->Unit(benchmark::kMillisecond);

void one_value(benchmark::State& state) {
  const auto series = core::testing::make_series(1, Happening::nothing);
  Outlook outlook;
  std::size_t i = 0;
  for (auto _ : state) {
    const auto at = series.begins_at + (Outlook::span * static_cast<long>(i));
    outlook.add("sessions", "udp", at, series.values[i % series.values.size()]);
    ++i;
  }
}
BENCHMARK(one_value);

}  // namespace
