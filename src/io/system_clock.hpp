// The clock of the machine.
#pragma once

#include "base/time.hpp"

namespace davylamp::io {

class SystemClock : public base::Clock {
 public:
  base::Time now() const override {
    return std::chrono::time_point_cast<base::Milliseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace davylamp::io
