#include "core/outlook/outlook.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/text.hpp"

namespace davylamp::core {
namespace {

constexpr std::size_t most_points = 36;            // six hours
constexpr std::uint32_t new_usual_after = 6 * 24;  // values
constexpr std::uint32_t told_again_after = 6;
constexpr double level_memory = 0.1;
constexpr double level_fades_in_hours = 6;

std::string figure(double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, value < 10 ? 1 : 0);
  return {text.data(), end.ptr};
}

}  // namespace

Outlook::Series* Outlook::series_of(const std::string& what, const std::string& subject) {
  const auto found = series_.find({subject, what});
  if (found != series_.end()) return &found->second;
  if (series_.size() >= most_series) {
    ++refused_;
    return nullptr;
  }
  return &series_[{subject, what}];
}

void Outlook::add(const std::string& what, const std::string& subject, base::Time at, double value) {
  auto* series = series_of(what, subject);
  if (series == nullptr) return;
  const auto span_at = base::Time(at.time_since_epoch() - (at.time_since_epoch() % span));
  if (span_at > series->span_at) {
    end_span({subject, what}, *series);
    series->span_at = span_at;
  }
  series->sum += value;
  ++series->count;
}

void Outlook::learn_hour(const std::string& what, const std::string& subject, base::Time at, double mean) {
  if (auto* series = series_of(what, subject)) series->baseline.learn_hour(at, mean);
}

void Outlook::tick(base::Time now) {
  for (auto& [key, series] : series_) {
    if (series.count > 0 && now >= series.span_at + span) end_span(key, series);
  }
}

void Outlook::forget(const std::string& subject) {
  const auto first = series_.lower_bound({subject, ""});
  auto last = first;
  while (last != series_.end() && last->first.first == subject) ++last;
  series_.erase(first, last);
}

void Outlook::end_span(const Key& key, Series& series) {
  if (series.count == 0) return;
  const double value = series.sum / series.count;
  series.sum = 0;
  series.count = 0;
  const auto expected = series.baseline.expected(series.span_at);
  const auto deviation = series.baseline.deviation(series.span_at, value);
  if (!expected || !deviation) {
    series.baseline.learn(series.span_at, value);
    return;
  }
  const model::WarningPoint point{series.span_at, value, expected->value, expected->low, expected->high};
  series.recent.push_back(point);
  if (series.recent.size() > most_points) series.recent.erase(series.recent.begin());
  series.level += (*deviation - series.level) * level_memory;
  judge(key, series, point, *deviation);
  if (!series.detector.departed()) series.baseline.learn(series.span_at, value);
}

void Outlook::judge(const Key& key, Series& series, const model::WarningPoint& point, double deviation) {
  const auto before = series.detector.departed();
  const auto now = series.detector.feed(deviation);
  const auto values = series.detector.values_departed();
  if (now) series.away += (deviation - series.away) / (values + 1);
  if (now && !before) {
    series.away = deviation;
    series.warning = model::Warning{key.second, key.first, now == Departure::higher, point.at, {}, {}, {}};
    tell(key, series, point);
  } else if (now && values >= new_usual_after) {
    series.warning->ended_at = point.at;
    tell(key, series, point);
    series.warning.reset();
    series.baseline.shift(series.away);
    series.detector.reset();
  } else if (now && values % told_again_after == 0) {
    tell(key, series, point);
  } else if (!now && before) {
    series.warning->ended_at = point.at;
    tell(key, series, point);
    series.warning.reset();
  }
}

void Outlook::tell(const Key& key, Series& series, const model::WarningPoint& point) {
  auto& warning = *series.warning;
  warning.points = series.recent;
  const auto range = figure(point.low) + " to " + figure(point.high);
  const auto direction = warning.higher ? " is higher" : " is lower";
  warning.why = base::printable(key.second) + " of " + base::printable(key.first);
  if (!warning.ended_at) {
    warning.why += std::string(direction) + " than usual at this hour: " + figure(point.value) + ", expected " + range +
                   " by the same hours of the weeks before";
  } else if (series.detector.departed()) {
    warning.why += " stays where it went: that counts as usual from now on";
  } else {
    warning.why += " is as usual again: " + figure(point.value) + ", expected " + range;
  }
  told_.push_back(warning);
}

std::vector<model::Warning> Outlook::take() {
  return std::exchange(told_, {});
}

std::vector<model::ForecastPoint> Outlook::forecast(const std::string& what, const std::string& subject, base::Time now,
                                                    std::uint32_t hours) const {
  std::vector<model::ForecastPoint> points;
  const auto found = series_.find({subject, what});
  if (found == series_.end()) return points;
  for (std::uint32_t hour = 1; hour <= hours; ++hour) {
    const auto at = now + std::chrono::hours{hour};
    const auto expected = found->second.baseline.expected(at);
    if (!expected) continue;
    // How far it is from the usual now fades; the room grows with what is not known of that.
    const double fades = std::exp(-static_cast<double>(hour) / level_fades_in_hours);
    const double spread = (std::log1p(expected->high) - std::log1p(expected->low)) / 3.92;
    const double middle = std::log1p(expected->value) + (found->second.level * fades * spread);
    const double room = 1.96 * spread * std::sqrt(2 - fades);
    points.push_back({at, std::max(std::expm1(middle), 0.0), std::max(std::expm1(middle - room), 0.0),
                      std::max(std::expm1(middle + room), 0.0)});
  }
  return points;
}

}  // namespace davylamp::core
