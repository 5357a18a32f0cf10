// Leases in memory, for tests and for programs that play several workers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "contract/shard_leases.hpp"

namespace davylamp::memory {

// What workers of one store share.
struct LeaseTable {
  struct Lease {
    std::string holder;  // empty: free
    std::uint64_t epoch = 0;
    base::Time expires_at{};
  };
  struct Worker {
    std::uint32_t shards = 1;
    base::Time expires_at{};
  };
  std::mutex mutex;
  std::map<std::uint32_t, Lease> leases;
  std::map<std::string, Worker> workers;
};

class ShardLeases final : public contract::ShardLeases {
 public:
  // `now` is the store's clock.
  ShardLeases(std::shared_ptr<LeaseTable> table, std::function<base::Time()> now)
      : table_(std::move(table)), now_(std::move(now)) {}
  contract::LeaseAnswer renew(const std::string& worker, std::uint32_t shards, base::Milliseconds life) override;
  void release(const std::string& worker, const contract::HeldShard& shard) override;
  void leave(const std::string& worker) override;

 private:
  std::shared_ptr<LeaseTable> table_;
  std::function<base::Time()> now_;
};

}  // namespace davylamp::memory
