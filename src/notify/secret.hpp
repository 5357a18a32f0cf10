// Secrets of channels: read when they are needed, from where the configuration says, and kept out of every sentence.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace davylamp::notify {

// `place` is a file, whose first line is the secret, or "env:NAME": a variable of this process. Error "no_secret": a
// sentence with the place.
base::Result<std::string> read_secret(const std::string& place);

// `text` without the secret, wherever it stands in it.
std::string without(std::string text, std::string_view secret);

}  // namespace davylamp::notify
