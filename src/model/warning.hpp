// A series that has left what is usual for it.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace davylamp::model {

// `low` to `high` holds about 95 of 100 usual values.
struct WarningPoint {
  base::Time at{};
  double value = 0;
  double expected = 0;
  double low = 0;
  double high = 0;
  bool operator==(const WarningPoint&) const = default;
};
BOOST_DESCRIBE_STRUCT(WarningPoint, (), (at, value, expected, low, high))

struct ForecastPoint {
  base::Time at{};
  double expected = 0;
  double low = 0;
  double high = 0;
  bool operator==(const ForecastPoint&) const = default;
};
BOOST_DESCRIBE_STRUCT(ForecastPoint, (), (at, expected, low, high))

// `what`: "sessions", "latency", "throughput", "heartbeats". `points`: the last six hours, newest last. `why`: a plain
// sentence with the figures.
struct Warning {
  std::string what;
  std::string subject;
  bool higher = false;
  base::Time since_at{};
  std::optional<base::Time> ended_at;
  std::string why;
  std::vector<WarningPoint> points;
  bool operator==(const Warning&) const = default;
};
BOOST_DESCRIBE_STRUCT(Warning, (), (what, subject, higher, since_at, ended_at, why, points))

}  // namespace davylamp::model
