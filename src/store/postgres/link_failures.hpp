// What a server's refusal means for people and for the code that tries again.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace davylamp::postgres {

// `state` is the SQLSTATE, or empty; `reason` what the server says; `doing` and `name` what was being done to which
// database. Codes as in store/sqlite: "store_unreachable", "store_busy", "store_full", "store_read_only" ...
base::Failure to_failure(std::string_view doing, std::string_view name, std::string_view state,
                         std::string_view reason);

}  // namespace davylamp::postgres
