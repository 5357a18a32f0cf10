// Work that must be done in time.
#pragma once

#include <string>

#include "base/time.hpp"
#include "io/task.hpp"

namespace davylamp::uplink {

// `work`, cancelled when it takes longer: throws Failure "silent" with `why` then.
io::Task<void> within(base::Milliseconds limit, std::string why, io::Task<void> work);

}  // namespace davylamp::uplink
