// What the pipeline of one shard must remember across a restart.
#pragma once

#include "contract/store.hpp"
#include "store/sql/shard_numbers.hpp"

namespace davylamp::sql {

// As contract::StoreWriter::load_checkpoint, within a transaction of the caller.
contract::Checkpoint load_checkpoint(Connection& connection, const model::Shard& shard, const Numbers& numbers);

}  // namespace davylamp::sql
