// How often a collector speaks, and how long its silence is taken for life.
#pragma once

#include "base/time.hpp"

namespace davylamp::uplink {

inline constexpr base::Seconds alive_every{5};
inline constexpr base::Seconds longest_silence{20};
// A stranger must have said who it is by then.
inline constexpr base::Seconds longest_greeting{10};
// One that does not answer within this is dead: another may take its place.
inline constexpr base::Seconds proof_of_life{3};

}  // namespace davylamp::uplink
