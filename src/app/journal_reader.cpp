#include "app/journal_reader.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::app {
namespace {

constexpr std::size_t most_at_once = 1'000;

}  // namespace

JournalReader::JournalReader(model::SourceId source, std::unique_ptr<contract::HeartbeatJournal> journal)
    : source_(std::move(source)), journal_("journal-reader", std::move(journal)) {}

io::Task<void> JournalReader::begin(const std::vector<model::Cursor>& cursors) {
  boot_ = co_await journal_.call([](contract::HeartbeatJournal& journal) { return journal.boot(); });
  last_ = number_of(cursors);
}

std::uint64_t JournalReader::number_of(const std::vector<model::Cursor>& cursors) const {
  const auto found = std::ranges::find_if(
      cursors, [&](const model::Cursor& cursor) { return cursor.source == source_ && cursor.boot == boot_; });
  return found == cursors.end() ? 0 : found->sequence;
}

io::Task<std::vector<model::Observation>> JournalReader::next(base::Time until) {
  auto heartbeats = co_await journal_.call(
      [after = last_](contract::HeartbeatJournal& journal) { return journal.read(after, most_at_once); });
  std::vector<model::Observation> observations;
  observations.reserve(heartbeats.size());
  for (auto& heartbeat : heartbeats) {
    const auto number = heartbeat.number;
    const auto at = heartbeat.received_at;
    if (at > until) break;
    if (number <= last_) continue;
    observations.push_back({source_, boot_, number, at, model::HeartbeatSeen{std::move(heartbeat)}});
  }
  co_return observations;
}

bool JournalReader::leaves_gap(const model::Observation& observation) const {
  return observation.source == source_ && observation.boot == boot_ && observation.sequence > last_ + 1;
}

void JournalReader::took(const model::Observation& observation) {
  if (observation.source == source_ && observation.boot == boot_) last_ = std::max(last_, observation.sequence);
}

io::Task<std::uint64_t> JournalReader::forget(const std::vector<model::Cursor>& stored, base::Time before) {
  const auto number = number_of(stored);
  co_return co_await journal_.call(
      [number, before](contract::HeartbeatJournal& journal) { return journal.forget(number, before); });
}

}  // namespace davylamp::app
