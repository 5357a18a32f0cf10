// Several tasks at once.
#pragma once

#include <vector>

#include "io/task.hpp"

namespace davylamp::probe {

// Runs all; as io::together: when one fails the others are cancelled and awaited, and its failure is thrown.
io::Task<void> all_of(std::vector<io::Task<void>> tasks);

}  // namespace davylamp::probe
