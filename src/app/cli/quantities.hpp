// Amounts and times for people.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.hpp"

namespace davylamp::app {

// Decimal units, three digits: "0 B", "1.23 MB", "45.6 GB".
std::string bytes_text(std::uint64_t bytes);
// "12.3 Mbit/s".
std::string rate_text(std::uint64_t bits_per_second);
// The two largest units: "3 d 4 h", "12 m 5 s". Nothing negative: a clock that was set back gives "0 s".
std::string span_text(base::Milliseconds span);
// "2026-11-21 06:24:33 UTC".
std::string time_text(base::Time time);

}  // namespace davylamp::app
