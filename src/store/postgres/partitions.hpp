// The parts of tables that are divided by time natively: made before they are needed, dropped whole when they are over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "contract/store.hpp"

namespace davylamp::postgres {

class Connection;

// At the beginning of a transaction that changes what others write to.
inline constexpr std::string_view short_wait = "SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '60s';";

// Makes the parts for today and what comes, by the server's clock; rows of that time that are in the rest move in.
// With `oldest` (UNIX seconds; 0: none) also those from there on, as far as a tier is kept by default. Returns how many
// were made. Waits for a lock for 3 s at most, then throws "store_busy"; what is made stays.
int make_parts(Connection& connection, std::int64_t oldest = 0);
// Drops parts of which every row is older than its tier allows. Returns how many rows went with them, by the server's
// estimate where it has one.
std::uint64_t drop_parts(Connection& connection, base::Time now, const contract::Retention& retention);
// By the server's estimate where it has one.
std::uint64_t rows_of_part(Connection& connection, const std::string& part);
// Rows that belong to no part, over all tables; counts to 1,000,000 for each.
std::uint64_t rows_without_part(Connection& connection);

}  // namespace davylamp::postgres
