// How often a condition came back.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/time.hpp"

namespace davylamp::core {

// Three returns within an hour: it flaps. Then it is said once, and goes on as one until it has been calm for a quarter
// of an hour.
class Flaps {
 public:
  static constexpr base::Seconds within{3'600};
  static constexpr base::Seconds calm{900};
  static constexpr std::size_t many = 3;

  void add(base::Time at) {
    if (returns_.size() == many) returns_.erase(returns_.begin());
    returns_.push_back(at);
    ++total_;
  }
  bool flapping(base::Time now) const { return returns_.size() == many && now - returns_.front() <= within; }
  bool recent(base::Time now) const { return !returns_.empty() && now - returns_.back() <= within; }
  std::uint32_t total() const { return total_; }

 private:
  std::vector<base::Time> returns_;  // the last `many`
  std::uint32_t total_ = 0;
};

}  // namespace davylamp::core
