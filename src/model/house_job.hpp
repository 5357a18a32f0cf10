// What the process role does beside the ledger, on a schedule.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace davylamp::model {

// How a job fared the last time. `name`: "retention", "optimize", "checkpoint", "vacuum", "backup" ...
struct HouseJob {
  std::string name;
  std::optional<base::Time> began_at;  // absent: it has not run yet
  std::optional<base::Time> ended_at;  // absent: never, or it is running
  bool ok = true;
  std::string text;  // a sentence: what it did, or what went wrong and what to do
  std::optional<base::Time> next_at;
  bool operator==(const HouseJob&) const = default;
};
BOOST_DESCRIBE_STRUCT(HouseJob, (), (name, began_at, ended_at, ok, text, next_at))

// Something that was lost or could not be used since the program started, and what that means.
struct Loss {
  std::string name;  // "observations_dropped" ...
  std::uint64_t count = 0;
  std::string text;
  bool operator==(const Loss&) const = default;
};
BOOST_DESCRIBE_STRUCT(Loss, (), (name, count, text))

}  // namespace davylamp::model
