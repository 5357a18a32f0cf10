// Who works on which shard. A worker that says nothing for the length of its lease loses its shards to the others.
// Blocking; give it to a Worker. Implementations: store/memory, store/postgres. A store that has one daemon
// (store/sqlite) has none. The tests every implementation must pass: contract/testing/shard_leases_contract.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace davylamp::contract {

struct HeldShard {
  std::uint32_t index = 0;
  std::uint64_t epoch = 0;  // for StoreWriter's tenure
  bool operator==(const HeldShard&) const = default;
};

struct LeaseAnswer {
  std::vector<HeldShard> held;         // in order of index, `release` included
  std::vector<std::uint32_t> release;  // more than a fair share: to be given back once their work is committed
  std::uint32_t workers = 1;           // that are alive
  bool operator==(const LeaseAnswer&) const = default;
};

class ShardLeases {
 public:
  virtual ~ShardLeases() = default;
  // `worker` is alive: what it holds stays its own for `life` from now, by the store's clock, and of the shards that
  // were never held, were given back, or whose lease is over it takes up to ceil(shards / workers alive). Leases that
  // are over are taken only by one whose own last word still held: when the store was away for long, everybody goes on
  // with what they had. A shard whose lease is over and that nobody took is still its holder's, with the same epoch.
  // Two workers never hold one shard. Throws base::Failure "shards" when others divide the work into another number.
  virtual LeaseAnswer renew(const std::string& worker, std::uint32_t shards, base::Milliseconds life) = 0;
  // Gives it back, if it is this worker's with this epoch.
  virtual void release(const std::string& worker, const HeldShard& shard) = 0;
  // The worker goes: everything it holds is free, and it no longer counts.
  virtual void leave(const std::string& worker) = 0;
};

}  // namespace davylamp::contract
