#include "core/agents/histogram.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace davylamp::core {
namespace {

constexpr std::size_t buckets = model::AgentHour::buckets;

// Where each bucket begins, and the end of the last, as if it were not open.
constexpr auto bounds = [] {
  std::array<double, buckets + 1> all{};
  double bound = 1;
  for (std::size_t i = 1; i <= buckets; ++i) {
    all[i] = bound;
    bound *= 1.5;
  }
  return all;
}();

}  // namespace

std::size_t bucket_of(double milliseconds) {
  if (!(milliseconds >= 1)) return 0;
  const auto after = std::upper_bound(bounds.begin(), bounds.begin() + buckets, milliseconds);
  return static_cast<std::size_t>(after - bounds.begin()) - 1;
}

double bucket_begin(std::size_t bucket) {
  return bounds[std::min(bucket, buckets)];
}

void Histogram::add(double milliseconds) {
  ++counts_[bucket_of(milliseconds)];
  ++count_;
}

void Histogram::add(std::span<const std::uint32_t> counts) {
  for (std::size_t i = 0; i < std::min(counts.size(), buckets); ++i) {
    counts_[i] += counts[i];
    count_ += counts[i];
  }
}

std::optional<double> Histogram::percentile(double share) const {
  if (count_ == 0) return std::nullopt;
  const double rank = std::clamp(share, 0.0, 1.0) * static_cast<double>(count_);
  double below = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    const auto here = static_cast<double>(counts_[i]);
    if (here > 0 && below + here >= rank) {
      const double part = std::clamp((rank - below) / here, 0.0, 1.0);
      return bounds[i] + part * (bounds[i + 1] - bounds[i]);
    }
    below += here;
  }
  return bounds[buckets];
}

}  // namespace davylamp::core
