// Keeps a task going: starts it again, after a growing pause, whenever it fails.
#pragma once

#include <functional>

#include "base/backoff.hpp"
#include "base/result.hpp"
#include "io/task.hpp"

namespace davylamp::io {

struct Supervision {
  std::function<Task<void>()> start;
  // Told of each failure and of the pause that follows. Must not throw.
  std::function<void(const base::Error&, base::Milliseconds pause)> failed;
  base::Backoff::Range pauses;
  std::uint64_t seed = 1;  // of the jitter
  // A run that lasted so long was healthy: the pauses begin anew.
  base::Milliseconds healthy_after{30'000};
};

// Runs until it is cancelled. One of the three places where exceptions are caught.
Task<void> supervise(Supervision supervision);

// What an exception says, as an Error.
base::Error error_of(std::exception_ptr exception);

}  // namespace davylamp::io
