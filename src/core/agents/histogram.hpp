// Counts by bucket of milliseconds, as AgentHour holds them: [0,1), [1,1.5), growing by half; the last is open.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/agent.hpp"

namespace davylamp::core {

std::size_t bucket_of(double milliseconds);
double bucket_begin(std::size_t bucket);

class Histogram {
 public:
  void add(double milliseconds);
  // Rows that are longer than they may be are cut.
  void add(std::span<const std::uint32_t> counts);
  std::uint64_t count() const { return count_; }
  // `share` from 0 to 1; within a bucket as if its values were spread evenly. Nothing when empty.
  std::optional<double> percentile(double share) const;

 private:
  std::array<std::uint64_t, model::AgentHour::buckets> counts_{};
  std::uint64_t count_ = 0;
};

}  // namespace davylamp::core
