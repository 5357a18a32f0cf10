// How often an agent speaks, and how long its silence is taken for life.
#pragma once

#include "base/time.hpp"

namespace davylamp::uplink {

inline constexpr base::Seconds alive_every{5};
inline constexpr base::Seconds longest_silence{20};

}  // namespace davylamp::uplink
