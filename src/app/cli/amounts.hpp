// Volumes as an operator types them.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace davylamp::app {

// "5GB", "1.5 TB", "20G" (decimal), "500 MiB" (binary), "20971520B". Fails with "usage" and a sentence that says how to
// write it: what has no unit, could be bits, is no whole number of bytes, is zero, or is more than 2^63 - 1.
base::Result<std::uint64_t> parse_volume(std::string_view text);

}  // namespace davylamp::app
