// The store in memory: the same answers as the others, nothing kept after the process. For tests and replay.
#pragma once

#include <memory>

#include "contract/store.hpp"

namespace davylamp::memory {

// The objects that the store makes share its contents and may outlive it.
std::unique_ptr<contract::Store> open();

}  // namespace davylamp::memory
