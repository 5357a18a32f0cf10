// Removes what is kept of one VPN user.
#pragma once

#include "base/result.hpp"
#include "store/sql/engine.hpp"

namespace davylamp::sql {

// As contract::LimitStore::erase_user, within a write transaction of the caller, without the line in the audit log.
base::Result<std::uint64_t> erase_user(Connection& connection, const std::string& user);

}  // namespace davylamp::sql
