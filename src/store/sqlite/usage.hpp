// What users moved.
#pragma once

#include <vector>

#include "base/time.hpp"
#include "model/quota.hpp"

namespace davylamp::sqlite {

class Connection;

// As contract::StoreWriter::usage.
std::vector<model::UserUsage> usage(Connection& connection, base::Time from);

}  // namespace davylamp::sqlite
