// The SQL that all engines share, as PostgreSQL takes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace davylamp::postgres {

struct Translation {
  std::string sql;
  // By parameter from 1 on: the type (an OID) of one that the text does not use, else 0: as the server infers it.
  std::vector<std::uint32_t> types;
};

// ?1 becomes $1; a bare ? the number after the greatest so far; "INDEXED BY name" goes. What stands between quotes
// stays.
Translation to_postgres(std::string_view sql);

}  // namespace davylamp::postgres
