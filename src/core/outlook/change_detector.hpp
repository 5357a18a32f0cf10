// Tells when a series stays away from what is usual: two-sided cumulative sums (E. S. Page, "Continuous inspection
// schemes", Biometrika 41, 1954).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace davylamp::core {

enum class Departure { higher, lower };

// Fed with deviations in standard deviations. Each counts for at most four, so that one odd value is no change; what is
// within `slack` of the usual counts against it.
class ChangeDetector {
 public:
  static constexpr double slack = 1.0;
  static constexpr double threshold = 16.0;
  static constexpr double most = 4.0;
  // So many usual values in a row end it.
  static constexpr std::uint32_t calm_values = 6;
  static constexpr double calm = 1.5;

  // What holds after this value.
  std::optional<Departure> feed(double deviation) {
    const double counted = std::clamp(deviation, -most, most);
    high_ = std::max(0.0, high_ + counted - slack);
    low_ = std::max(0.0, low_ - counted - slack);
    if (departed_) {
      calm_ = std::abs(deviation) < calm ? calm_ + 1 : 0;
      ++values_departed_;
      if (calm_ >= calm_values) reset();
    } else if (high_ > threshold || low_ > threshold) {
      departed_ = high_ > low_ ? Departure::higher : Departure::lower;
      calm_ = 0;
      values_departed_ = 0;
    }
    return departed_;
  }
  void reset() {
    departed_.reset();
    high_ = low_ = 0;
    calm_ = values_departed_ = 0;
  }
  std::optional<Departure> departed() const { return departed_; }
  std::uint32_t values_departed() const { return values_departed_; }

 private:
  double high_ = 0;
  double low_ = 0;
  std::optional<Departure> departed_;
  std::uint32_t calm_ = 0;
  std::uint32_t values_departed_ = 0;
};

}  // namespace davylamp::core
