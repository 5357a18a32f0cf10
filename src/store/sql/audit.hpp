// The audit log in tables. Every line goes in by insert_audit(), which chains it to the one before.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "model/account.hpp"
#include "store/sql/engine.hpp"

namespace davylamp::sql {

// Within a transaction of the caller that writes. From here to its end nobody else adds a line.
void insert_audit(Connection& connection, const model::AuditEntry& entry);
// Within a transaction of the caller that writes: forgets the oldest lines, at most `limit`, up to the first that is
// not older than `before`; returns how many. Where the chain begins now is noted.
std::uint64_t forget_audit(Connection& connection, base::Time before, std::uint64_t limit);
// Of one moment.
model::AuditCheck check_audit(Connection& connection);

}  // namespace davylamp::sql
