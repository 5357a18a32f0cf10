#include "witness/ebpf/flow_scan.hpp"

#include <algorithm>
#include <atomic>

namespace davylamp::ebpf {
namespace {

// The kernel hands slots out in order, some at a time: what is used lies within reach of what was used.
constexpr std::uint32_t reach = 128;
// What a look takes out at most: each costs two system calls.
constexpr std::size_t most_leaving = 2'048;

template <class Number>
Number now_in(Number& shared) {
  return std::atomic_ref<Number>(shared).load(std::memory_order_relaxed);
}

std::uint64_t packets_of(FlowCounts& count) {
  return now_in(count.rx_packets) + now_in(count.tx_packets);
}

}  // namespace

FlowScan::FlowScan(std::span<FlowCounts> counts, std::span<FlowPath> paths, SlotTable& table, const FlowAges& ages)
    : counts_(counts), paths_(paths), table_(table), ages_(ages), packets_(counts.size()), leaving_(counts.size()) {}

bool FlowScan::is_over(const FlowCounts& count, std::uint64_t now) const {
  const auto seen = std::max(count.rx_seen, count.tx_seen);
  if (now < seen + std::min(ages_.closed, ages_.idle)) return false;
  const bool closed = count.reset != 0 || (count.rx_closed != 0 && count.tx_closed != 0);
  return now >= seen + (closed ? ages_.closed : ages_.idle);
}

void FlowScan::find_new() {
  const auto size = static_cast<std::uint32_t>(counts_.size());
  for (auto slot = used_; slot < std::min(size, used_ + reach); ++slot) {
    if (now_in(counts_[slot].live) != 0) used_ = slot + 1;
  }
}

const FlowScan::Found& FlowScan::look(std::uint64_t now) {
  find_new();
  found_.moved.clear();
  found_.over.clear();
  flows_ = 0;
  const auto room = most_leaving;
  const auto drained = drains_.size();
  for (std::uint32_t slot = 0; slot < used_; ++slot) {
    auto& count = counts_[slot];
    if (count.live == 0) continue;
    ++flows_;
    const auto packets = packets_of(count);
    if (packets != packets_[slot]) {
      packets_[slot] = packets;
      found_.moved.push_back(slot);
    } else if (packets > 0 && is_over(count, now) && drains_.size() < drained + room) {
      leave(slot, now);
    }
  }
  const auto ready = [&](const Drain& drain) { return now >= drain.since + ages_.drain; };
  for (const auto& drain : drains_) {
    if (ready(drain)) found_.over.push_back(drain.slot);
  }
  std::erase_if(drains_, ready);
  return found_;
}

void FlowScan::leave(std::uint32_t slot, std::uint64_t now) {
  if (leaving_[slot] != 0) return;
  leaving_[slot] = 1;
  table_.forget(paths_[slot].key);
  drains_.push_back({slot, now});
}

void FlowScan::release(std::uint32_t slot) {
  const auto generation = counts_[slot].generation + 1;
  counts_[slot] = {};
  paths_[slot] = {};
  counts_[slot].generation = generation;
  packets_[slot] = 0;
  leaving_[slot] = 0;
  std::atomic_thread_fence(std::memory_order_release);
  table_.give_back(slot);
}

}  // namespace davylamp::ebpf
