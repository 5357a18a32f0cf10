// Quantities in sentences.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.hpp"

namespace davylamp::core {

// "1.84 GB": SI, three significant digits.
std::string volume_text(std::uint64_t bytes);
// "2 h 06 m", "41 m", "12 s".
std::string span_text(base::Milliseconds span);

}  // namespace davylamp::core
