// Removes what is kept of one VPN user.
#pragma once

#include "base/result.hpp"

namespace davylamp::sqlite {

class Connection;

// As contract::LimitStore::erase_user, within a write transaction of the caller, without the line in the audit log.
base::Result<std::uint64_t> erase_user(Connection& connection, const std::string& user);

}  // namespace davylamp::sqlite
