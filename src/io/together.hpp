// Tasks that live and die together.
#pragma once

#include "io/task.hpp"

namespace davylamp::io {

// Runs both. When one fails the other is cancelled and awaited, and the failure that came first is thrown; ends when
// both have ended. (Asio's `||` waits for a success and `&&` hides which failure came first.)
Task<void> together(Task<void> one, Task<void> two);

}  // namespace davylamp::io
