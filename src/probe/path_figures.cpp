#include "probe/path_figures.hpp"

#include <algorithm>
#include <cmath>

namespace davylamp::probe {
namespace {

constexpr double steps_per_millisecond = 1'000;

double rounded(double milliseconds) {
  return std::round(milliseconds * steps_per_millisecond) / steps_per_millisecond;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace

model::PathReport path_figures(std::string target, const std::vector<std::optional<double>>& times_milliseconds) {
  model::PathReport report;
  report.target = std::move(target);
  report.sent = static_cast<std::uint32_t>(times_milliseconds.size());
  std::vector<double> back;
  double differences = 0;
  std::size_t neighbours = 0;
  std::optional<double> before;
  for (const auto& time : times_milliseconds) {
    if (time && before) {
      differences += std::abs(*time - *before);
      ++neighbours;
    }
    if (time) back.push_back(*time);
    before = time;
  }
  report.received = static_cast<std::uint32_t>(back.size());
  if (neighbours != 0) report.jitter_milliseconds = rounded(differences / static_cast<double>(neighbours));
  if (!back.empty()) report.latency_milliseconds = rounded(median(std::move(back)));
  return report;
}

}  // namespace davylamp::probe
