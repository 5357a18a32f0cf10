// What is to be said of the kernel's connection tracking, in sentences.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"
#include "witness/conntrack/kernel_settings.hpp"

namespace davylamp::conntrack {

// The witness's line on the card while it looks. `uncounted`: flows without bytes.
std::string sentence_of(const KernelSettings& settings, std::size_t uncounted);

// Why it cannot look; code "refused".
base::Error not_loaded();
base::Error not_allowed();
base::Error listing_refused(int error_number);

}  // namespace davylamp::conntrack
