#include "core/outlook/baseline.hpp"

#include <algorithm>
#include <cmath>

namespace davylamp::core {
namespace {

constexpr std::uint32_t values_an_hour = 6;
constexpr std::uint32_t memory_of_slot = 6 * values_an_hour;  // six weeks of one hour
constexpr std::uint32_t memory_of_spread = 7 * 24 * values_an_hour;
constexpr double drawn_to_day = 3;
constexpr double deviation_per_residual = 1.2533;
// Below this the spread of a series that hardly moves is not believed: five of a hundred.
constexpr double least_spread = 0.05;
constexpr double within_95 = 1.96;
constexpr double values_that_say_one = 3;
// 1970-01-01 was a Thursday: hours since Monday.
constexpr std::int64_t monday_offset_hours = 3 * 24;

std::int64_t hours_of(base::Time at) {
  return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
}

std::size_t week_slot(base::Time at) {
  return static_cast<std::size_t>((hours_of(at) + monday_offset_hours) % (7 * 24));
}

std::size_t day_slot(base::Time at) {
  return static_cast<std::size_t>(hours_of(at) % 24);
}

double inner(double value) {
  return std::log1p(std::max(value, 0.0));
}

double outer(double value) {
  return std::max(std::expm1(value), 0.0);
}

}  // namespace

void Baseline::add(Slot& slot, double value, std::uint32_t weight) {
  for (std::uint32_t i = 0; i < weight; ++i) {
    slot.values = static_cast<std::uint16_t>(std::min<std::uint32_t>(slot.values + 1U, memory_of_slot));
    slot.mean += static_cast<float>((value - slot.mean) / slot.values);
  }
}

std::optional<double> Baseline::usual_of_hour(base::Time at) const {
  const auto& day = of_day_.at(day_slot(at));
  if (day.values == 0) return std::nullopt;
  const auto& week = of_week_.at(week_slot(at));
  const double known = week.values / (week.values + drawn_to_day);
  return (known * week.mean) + ((1 - known) * day.mean);
}

std::optional<double> Baseline::usual(base::Time at) const {
  const auto middle = std::chrono::floor<std::chrono::hours>(at) + std::chrono::minutes{30};
  const auto here = usual_of_hour(at);
  const auto there = usual_of_hour(at < middle ? at - std::chrono::hours{1} : at + std::chrono::hours{1});
  if (!here || !there) return here;
  const auto away = std::chrono::duration<double, std::ratio<3'600>>(at < middle ? middle - at : at - middle).count();
  return (*here * (1 - away)) + (*there * away);
}

double Baseline::spread_at(base::Time at) const {
  const double values = of_week_.at(week_slot(at)).values / values_that_say_one;
  return spread() * std::sqrt(1 + (1 / std::max(values, 1.0)));
}

double Baseline::spread() const {
  return std::max(residual_ * deviation_per_residual, least_spread);
}

void Baseline::learn(base::Time at, double value, std::uint32_t weight) {
  const auto learned = inner(value);
  if (const auto before = usual(at)) {
    residuals_ = std::min(residuals_ + weight, memory_of_spread);
    residual_ += (std::abs(learned - *before) - residual_) * weight / residuals_;
  }
  add(of_week_.at(week_slot(at)), learned, weight);
  add(of_day_.at(day_slot(at)), learned, weight);
  values_ += weight;
}

void Baseline::learn(base::Time at, double value) {
  learn(at, value, 1);
}

void Baseline::learn_hour(base::Time at, double mean) {
  learn(at, mean, values_an_hour);
}

std::optional<Expected> Baseline::expected(base::Time at) const {
  if (values_ < least_values || of_week_.at(week_slot(at)).values == 0) return std::nullopt;
  const auto middle = usual(at);
  if (!middle) return std::nullopt;
  return Expected{outer(*middle), outer(*middle - (within_95 * spread_at(at))),
                  outer(*middle + (within_95 * spread_at(at)))};
}

std::optional<double> Baseline::deviation(base::Time at, double value) const {
  if (values_ < least_values || of_week_.at(week_slot(at)).values == 0) return std::nullopt;
  const auto middle = usual(at);
  if (!middle) return std::nullopt;
  return (inner(value) - *middle) / spread_at(at);
}

void Baseline::shift(double deviations) {
  const auto by = static_cast<float>(deviations * spread());
  const auto move = [by](Slot& slot) { slot.mean = std::max(slot.mean + by, 0.0F); };
  std::ranges::for_each(of_week_, move);
  std::ranges::for_each(of_day_, move);
}

}  // namespace davylamp::core
