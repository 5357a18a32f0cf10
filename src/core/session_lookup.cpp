// How sessions are found.
#include <algorithm>

#include "core/session_tracker.hpp"

namespace davylamp::core {

std::size_t SessionTracker::SourceHash::operator()(const model::SourceId& id) const {
  return PeerHash{}(id.name) ^ (PeerHash{}(id.node) * 3) ^ (PeerHash{}(id.kind) * 5);
}

SessionTracker::SourceState& SessionTracker::source_of(const model::SourceId& id) {
  if (last_source_ != nullptr && last_source_->id == id) return *last_source_;
  auto& known = by_id_[id];
  if (known == nullptr) {
    known = sources_.emplace_back(std::make_unique<SourceState>()).get();
    known->id = id;
  }
  last_source_ = known;
  return *known;
}

SessionTracker::Tracked* SessionTracker::find_open(SourceState& source, const std::string& peer) {
  fetch_ahead(source.order);
  Tracked* tracked = source.order.next();
  if (tracked == nullptr || tracked->row.peer != peer) {
    const auto found = source.open.find(peer);
    if (found == source.open.end()) return nullptr;
    tracked = found->second.get();
  }
  source.order.reported(*tracked);
  return tracked;
}

// First the session itself, two turns later what it points to.
void SessionTracker::fetch_ahead(const ReportOrder<Tracked>& order) {
  constexpr std::size_t line = 64;
  if (const auto* later = order.next(4)) {
    const auto& session = later->row.session;
    __builtin_prefetch(&later->row.peer);
    __builtin_prefetch(&session.last_seen_at);
    __builtin_prefetch(&session.tx_bps);
    const auto* bytes = reinterpret_cast<const char*>(&later->note);
    for (std::size_t at = 0; bytes + at < reinterpret_cast<const char*>(later + 1); at += line)
      __builtin_prefetch(bytes + at);
  }
  if (const auto* soon = order.next(2)) {
    __builtin_prefetch(soon->row.peer.data());
    if (soon->note.first == nullptr) return;
    __builtin_prefetch(soon->note.first);
    __builtin_prefetch(reinterpret_cast<const char*>(soon->note.first) + line);
  }
}

std::vector<const model::StoredSession*> SessionTracker::sessions_of(std::string_view user) const {
  std::vector<const model::StoredSession*> rows;
  const auto found = by_user_.find(user);
  if (found == by_user_.end()) return rows;
  rows.reserve(found->second.size());
  for (const Tracked* tracked : found->second) rows.push_back(&tracked->row);
  return rows;
}

const model::StoredSession* SessionTracker::session(model::SessionId id) const {
  for (const auto& source : sources_) {
    for (const auto& [peer, tracked] : source->open) {
      if (tracked->row.session.id == id) return &tracked->row;
    }
  }
  return nullptr;
}

std::size_t SessionTracker::open_count(std::string_view server) const {
  std::size_t count = 0;
  for (const auto& source : sources_) count += source->id.name == server ? source->open.size() : 0;
  return count;
}

std::vector<model::Cursor> SessionTracker::cursors() const {
  std::vector<model::Cursor> all;
  for (const auto& source : sources_) {
    if (source->boot != 0) all.push_back({source->id, source->boot, source->sequence});
  }
  return all;
}

bool SessionTracker::holds_finals() const {
  return std::ranges::any_of(sources_, [](const auto& source) { return !source->waiting_finals.empty(); });
}

std::vector<model::Cursor> SessionTracker::settled_cursors() const {
  auto all = cursors();
  for (auto& cursor : all) {
    const auto& waiting = by_id_.at(cursor.source)->waiting_finals;
    if (!waiting.empty() && waiting.front().boot == cursor.boot)
      cursor.sequence = std::min(cursor.sequence, waiting.front().sequence - 1);
  }
  return all;
}

}  // namespace davylamp::core
