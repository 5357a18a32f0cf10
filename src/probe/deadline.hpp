// A task that may take only so long.
#pragma once

#include <optional>

#include "base/time.hpp"
#include "io/task.hpp"

namespace davylamp::probe {

// False when `task` was cancelled because its time was over; what it threw is thrown.
io::Task<bool> within(base::Milliseconds limit, io::Task<void> task);

template <class Value>
io::Task<void> put_into(io::Task<Value> task, std::optional<Value>& value) {
  value.emplace(co_await std::move(task));
}

// Nothing when its time was over.
template <class Value>
io::Task<std::optional<Value>> value_within(base::Milliseconds limit, io::Task<Value> task) {
  std::optional<Value> value;
  if (!co_await within(limit, put_into(std::move(task), value))) value.reset();
  co_return value;
}

// Waits; ends early only by being cancelled.
io::Task<void> pause(base::Milliseconds time);

}  // namespace davylamp::probe
