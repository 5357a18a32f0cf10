// What users moved.
#pragma once

#include <vector>

#include "base/time.hpp"
#include "model/quota.hpp"
#include "store/sql/engine.hpp"

namespace davylamp::sql {

// As contract::StoreWriter::usage.
std::vector<model::UserUsage> usage(Connection& connection, base::Time from);

}  // namespace davylamp::sql
