#include "store/memory/shard_leases.hpp"

#include <algorithm>

#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::memory {
namespace {

void refuse_other_division(const LeaseTable& table, const std::string& worker, std::uint32_t shards, base::Time now) {
  for (const auto& [name, other] : table.workers) {
    if (name == worker || other.expires_at <= now || other.shards == shards) continue;
    throw base::Failure("shards", "the worker \"" + base::printable(name) + "\" divides the work into " +
                                      std::to_string(other.shards) + " shards and this one into " +
                                      std::to_string(shards) + ": all must have the same number");
  }
}

std::size_t count_held(const LeaseTable& table, const std::string& worker, std::uint32_t shards) {
  return static_cast<std::size_t>(std::ranges::count_if(
      table.leases, [&](const auto& entry) { return entry.first < shards && entry.second.holder == worker; }));
}

}  // namespace

contract::LeaseAnswer ShardLeases::renew(const std::string& worker, std::uint32_t shards, base::Milliseconds life) {
  const std::lock_guard lock(table_->mutex);
  const auto now = now_();
  refuse_other_division(*table_, worker, shards, now);
  const auto known = table_->workers.find(worker);
  const bool was_alive = known != table_->workers.end() && known->second.expires_at > now;
  table_->workers[worker] = {.shards = shards, .expires_at = now + life};
  contract::LeaseAnswer answer;
  answer.workers = static_cast<std::uint32_t>(
      std::ranges::count_if(table_->workers, [&](const auto& entry) { return entry.second.expires_at > now; }));
  const std::size_t fair = (shards + answer.workers - 1) / answer.workers;
  for (auto& [index, lease] : table_->leases) {
    if (lease.holder == worker) lease.expires_at = now + life;
  }
  auto held = count_held(*table_, worker, shards);
  for (std::uint32_t index = 0; index < shards; ++index) {
    auto& lease = table_->leases[index];
    const bool is_free = lease.holder.empty() || (was_alive && lease.expires_at <= now);
    if (held < fair && is_free) {
      lease = {.holder = worker, .epoch = lease.epoch + 1, .expires_at = now + life};
      ++held;
    }
    if (lease.holder == worker) answer.held.push_back({index, lease.epoch});
  }
  for (std::size_t i = fair; i < answer.held.size(); ++i) answer.release.push_back(answer.held[i].index);
  return answer;
}

void ShardLeases::release(const std::string& worker, const contract::HeldShard& shard) {
  const std::lock_guard lock(table_->mutex);
  auto& lease = table_->leases[shard.index];
  if (lease.holder == worker && lease.epoch == shard.epoch) lease.holder.clear();
}

void ShardLeases::leave(const std::string& worker) {
  const std::lock_guard lock(table_->mutex);
  table_->workers.erase(worker);
  for (auto& [index, lease] : table_->leases) {
    if (lease.holder == worker) lease.holder.clear();
  }
}

}  // namespace davylamp::memory
