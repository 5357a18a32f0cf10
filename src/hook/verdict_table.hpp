// Makes the file that verdict_file.hpp reads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "hook/verdict_file.hpp"

namespace davylamp::hook {

struct Refused {
  std::string_view user;
  Reason reason = Reason::quota;
  std::int64_t until_ms = for_good;
};

// In any order. What would make the file larger than most_verdict_bytes is left out; `salt` must be unpredictable.
std::string verdict_table(std::span<const Refused> refused, SipKey salt, std::uint64_t generation);

}  // namespace davylamp::hook
