// Leases in the database: its clock tells who is late.
#pragma once

#include <memory>

#include "contract/shard_leases.hpp"
#include "store/postgres/config.hpp"

namespace davylamp::postgres {

// A shard whose last holder is in the middle of a commit is not taken before that is over; renewing waits for nobody's
// commit.
std::unique_ptr<contract::ShardLeases> open_leases(const Config& config);

}  // namespace davylamp::postgres
