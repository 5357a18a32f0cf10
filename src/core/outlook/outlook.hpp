// Early warnings: series that leave what is usual for them, with what was seen, what was expected, and why. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/outlook/baseline.hpp"
#include "core/outlook/change_detector.hpp"
#include "model/warning.hpp"

namespace davylamp::core {

// Values are averaged over ten minutes; a span without any is skipped, it is neither high nor low. While a series is
// away from the usual nothing is learned; after a day away that is the new usual, and said so.
class Outlook {
 public:
  static constexpr base::Seconds span{600};
  static constexpr std::size_t most_series = 4'000;

  // `what`: "sessions", "latency", ...; `subject`: of whom. Times grow per series.
  void add(const std::string& what, const std::string& subject, base::Time at, double value);
  // The mean of an hour of the past, in order, before anything else of this series.
  void learn_hour(const std::string& what, const std::string& subject, base::Time at, double mean);
  // Ends spans that are over.
  void tick(base::Time now);
  void forget(const std::string& subject);
  // Warnings that began, went on for another hour, or ended since the last call.
  std::vector<model::Warning> take();
  // What is expected of a series in the hours after `now`, one each.
  std::vector<model::ForecastPoint> forecast(const std::string& what, const std::string& subject, base::Time now,
                                             std::uint32_t hours) const;
  std::uint64_t refused_series() const { return refused_; }
  std::size_t series() const { return series_.size(); }

 private:
  struct Series {
    Baseline baseline;
    ChangeDetector detector;
    base::Time span_at{};
    double sum = 0;
    std::uint32_t count = 0;
    double level = 0;  // recent deviation, exponentially weighted, for forecasts
    std::vector<model::WarningPoint> recent;
    std::optional<model::Warning> warning;
    double away = 0;  // mean deviation since it left
  };
  using Key = std::pair<std::string, std::string>;  // subject, what
  Series* series_of(const std::string& what, const std::string& subject);
  void end_span(const Key& key, Series& series);
  void judge(const Key& key, Series& series, const model::WarningPoint& point, double deviation);
  void tell(const Key& key, Series& series, const model::WarningPoint& point);

  std::map<Key, Series> series_;
  std::vector<model::Warning> told_;
  std::uint64_t refused_ = 0;
};

}  // namespace davylamp::core
