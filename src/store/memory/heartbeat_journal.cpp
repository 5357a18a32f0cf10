#include "store/memory/heartbeat_journal.hpp"

namespace davylamp::memory {
namespace {

class HeartbeatJournal final : public contract::HeartbeatJournal {
 public:
  explicit HeartbeatJournal(std::shared_ptr<Heartbeats> heartbeats) : heartbeats_(std::move(heartbeats)) {}

  std::uint64_t boot() override { return 1; }

  void append(std::vector<model::Heartbeat>& heartbeats) override {
    const std::lock_guard lock(heartbeats_->mutex);
    for (auto& heartbeat : heartbeats) {
      heartbeat.number = ++heartbeats_->last;
      heartbeats_->rows.emplace(heartbeat.number, heartbeat);
    }
  }

  std::vector<model::Heartbeat> read(std::uint64_t after, std::size_t most) override {
    const std::lock_guard lock(heartbeats_->mutex);
    std::vector<model::Heartbeat> found;
    for (auto row = heartbeats_->rows.upper_bound(after); row != heartbeats_->rows.end() && found.size() < most; ++row)
      found.push_back(row->second);
    return found;
  }

  std::uint64_t forget(std::uint64_t number, base::Time before) override {
    const std::lock_guard lock(heartbeats_->mutex);
    return std::erase_if(heartbeats_->rows, [&](const auto& row) {
      return row.first <= number && row.second.received_at < before && row.first != heartbeats_->last;
    });
  }

 private:
  std::shared_ptr<Heartbeats> heartbeats_;
};

}  // namespace

std::unique_ptr<contract::HeartbeatJournal> open_journal(std::shared_ptr<Heartbeats> heartbeats) {
  return std::make_unique<HeartbeatJournal>(std::move(heartbeats));
}

}  // namespace davylamp::memory
