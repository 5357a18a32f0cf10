#pragma once

#include "store/memory/tables.hpp"

namespace davylamp::memory {

// As contract::LimitStore::erase_user, without the line in the audit log. The caller holds the lock.
base::Result<std::uint64_t> erase_user(Tables& tables, const std::string& user);

}  // namespace davylamp::memory
