// What an early warning says about its condition.
#pragma once

#include "core/alerts/sign.hpp"
#include "model/warning.hpp"

namespace davylamp::core {

// Each series of a subject is an aspect of its own.
Sign sign_of(const model::Warning& warning);

}  // namespace davylamp::core
