// Passwords nobody has to think of.
#pragma once

#include <string>

namespace davylamp::app {

// 20 letters and digits in groups of five, without those that look alike: 115 bits from the system's random source.
// Throws std::system_error when the source fails.
std::string random_password();

}  // namespace davylamp::app
