// OpenVPN's lexer, which reads management commands as if they were lines of a configuration.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace davylamp::sim {

// Words, "...", '...', backslash in and out of double quotes; `#` and `;` begin a comment. At most 16 words of 255
// bytes. The message of a failure is what OpenVPN says behind "ERROR: ".
base::Result<std::vector<std::string>> command_words(std::string_view line);

}  // namespace davylamp::sim
