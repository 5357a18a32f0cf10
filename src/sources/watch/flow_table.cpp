#include "sources/watch/flow_table.hpp"

namespace davylamp::watch {

Flow* FlowTable::find(std::uint64_t identity) {
  const auto found = by_identity_.find(identity);
  return found == by_identity_.end() ? nullptr : &flows_[found->second];
}

Flow* FlowTable::add(std::uint64_t identity) {
  if (by_identity_.size() >= most_) return nullptr;
  std::uint32_t index = 0;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(flows_.size());
    flows_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  by_identity_.emplace(identity, index);
  auto& flow = flows_[index];
  flow = {};
  flow.identity = identity;
  flow.used = true;
  return &flow;
}

void FlowTable::end(Flow& flow, base::Time now) {
  if (!flow.ended) ++ended_now_;
  flow.ended = true;
  flow.ended_at = now;
  ended_.push_back({static_cast<std::uint32_t>(&flow - flows_.data()), flow.identity, now});
}

void FlowTable::revive(Flow& flow) {
  if (!flow.ended) return;
  flow.ended = false;
  --ended_now_;
}

void FlowTable::forget(std::uint32_t index) {
  auto& flow = flows_[index];
  if (flow.ended) --ended_now_;
  by_identity_.erase(flow.identity);
  flow = {};
  free_.push_back(index);
}

}  // namespace davylamp::watch
