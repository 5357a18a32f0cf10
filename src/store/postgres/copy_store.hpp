// Copies another SQL store into an empty database, once and for all.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "store/postgres/config.hpp"
#include "store/sql/engine.hpp"

namespace davylamp::postgres {

struct CopiedTable {
  std::string name;
  std::uint64_t rows = 0;
};

// Everything or nothing: in one transaction. `source` has the tables of store/schema.sql as this version knows them;
// `journal`, which may be null, those of the journal of heartbeats. After each table its rows and the sums of its
// columns are compared with what was read, then `told` hears of it. Throws base::Failure "not_empty" when something is
// stored in the database already, and "copy_differs".
void copy_store(sql::Connection& source, sql::Connection* journal, const Config& target,
                const std::function<void(const CopiedTable&)>& told);

}  // namespace davylamp::postgres
