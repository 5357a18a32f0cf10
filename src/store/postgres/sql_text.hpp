// The SQL that all engines share, as PostgreSQL takes it.
#pragma once

#include <string>
#include <string_view>

namespace davylamp::postgres {

// ?1 becomes $1; a bare ? the number after the greatest so far; "INDEXED BY name" goes. What stands between quotes
// stays.
std::string to_postgres(std::string_view sql);

}  // namespace davylamp::postgres
