#include "core/session_tracker.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::core {
namespace {

constexpr base::Seconds minute_step{60};
// Absent once may only mean that a listing was made just before the peer came; twice in a row means gone.
constexpr unsigned absences_until_closed = 2;

void copy_facts(model::Session& session, const model::PeerFacts& facts) {
  session.user = facts.user;
  session.common_name = facts.common_name;
  session.username = facts.username;
  if (!facts.transport.empty()) session.transport = facts.transport;
  // A source may know less now than it did (a listing without the client's version): what is known stays known.
  const auto keep = [](auto& known, const auto& now) {
    if (now) known = now;
  };
  keep(session.virtual_address, facts.virtual_address);
  keep(session.virtual_address6, facts.virtual_address6);
  keep(session.cipher, facts.cipher);
  keep(session.client_version, facts.client_version);
  keep(session.platform, facts.platform);
  if (!facts.real) {
    keep(session.place, facts.place);
    return;
  }
  const bool same_address = session.real_address == facts.real->address;
  session.real_address = facts.real->address;
  if (facts.real->port || !same_address) session.real_port = facts.real->port;
  if (facts.place || !same_address) session.place = facts.place;
}

}  // namespace

void SessionTracker::restore(const model::Checkpoint& checkpoint) {
  ids_.restore(checkpoint.next_session_id, checkpoint.shard);
  for (const auto& [id, boot, sequence] : checkpoint.cursors) {
    auto& source = source_of(id);
    source.restored_boot = boot;
    source.restored_sequence = sequence;
  }
  for (const auto& row : checkpoint.open_sessions) {
    auto& source = source_of(row.source);
    auto tracked = std::make_unique<Tracked>();
    tracked->row = row;
    tracked->restored = true;
    tracked->row.session.rx_bps = 0;
    tracked->row.session.tx_bps = 0;
    auto& kept = *tracked;
    if (!source.open.try_emplace(row.peer, std::move(tracked)).second) continue;
    source.order.add(kept);
    index_start(source, kept);
    index_user(kept);
    ++open_count_;
  }
  for (const auto& row : checkpoint.recently_closed) {
    auto& source = source_of(row.source);
    auto tracked = std::make_unique<Tracked>();
    tracked->row = row;
    tracked->told_closed = true;
    auto& kept = *tracked;
    if (source.open.contains(row.peer) || !source.closed.try_emplace(row.peer, std::move(tracked)).second) continue;
    index_start(source, kept);
    source.closed_order.push_back({row.session.closed_at.value_or(row.session.last_seen_at), row.peer, {}});
    restored_dated_ = false;
  }
}

bool SessionTracker::apply(const model::Observation& observation) {
  moved_now_.clear();
  opened_now_.clear();
  auto& source = source_of(observation.source);
  if (source.boot == observation.boot && observation.sequence <= source.sequence) {
    ++stats_.repeated;
    return false;
  }
  if (source.boot != observation.boot) source.first_heard_at = observation.at;
  source.boot = observation.boot;
  source.sequence = observation.sequence;
  if (source.restored_boot == observation.boot && observation.sequence <= source.restored_sequence) {
    ++stats_.repeated;
    apply_again(source, observation);
    return false;
  }
  std::visit([&](const auto& fact) { on(source, observation, fact); }, observation.fact);
  return true;
}

void SessionTracker::on(SourceState& source, const model::Observation& observation, const model::PeerSeen& seen) {
  Tracked* tracked = find_open(source, seen.peer);
  if (tracked == nullptr) tracked = reopen(source, seen.peer);
  if (tracked == nullptr && !source.closed.contains(seen.peer)) tracked = open_session(source, observation, seen);
  if (tracked == nullptr) return;
  if (seen.listing != 0) tracked->listing = seen.listing;
  tracked->absences = 0;
  tracked->restored = false;
  if (seen.facts) {
    const bool renamed = tracked->row.session.user != seen.facts->user;
    if (renamed) unindex_start(source, *tracked);
    take_facts(*tracked, observation.at, *seen.facts);
    if (renamed) index_start(source, *tracked);
  }
  raise(*tracked, observation.at, seen.counters);
}

SessionTracker::Tracked* SessionTracker::open_session(SourceState& source, const model::Observation& observation,
                                                      const model::PeerSeen& seen) {
  if (!seen.facts || source.open.size() >= limits_.sessions_per_source) {
    ++stats_.unknown_peers;
    return nullptr;
  }
  // A last word may have come before the listing that has the session.
  if (const auto* known = find_by_start(source, *seen.facts); known != nullptr && known->row.session.final)
    return nullptr;
  auto owned = std::make_unique<Tracked>();
  Tracked* tracked = owned.get();
  tracked->row.source = source.id;
  tracked->row.peer = seen.peer;
  auto& session = tracked->row.session;
  session.id = ids_.take(observation.at);
  session.server = source.id.name;
  session.source = source.id.kind;
  session.opened_at = seen.facts->connected_at;
  session.last_seen_at = observation.at;
  session.adopted =
      base::floor_to(session.opened_at, base::Seconds{1}) < base::floor_to(source.first_heard_at, base::Seconds{1});
  tracked->minute = base::floor_to(observation.at, minute_step);
  tracked->fresh = true;
  session.user = seen.facts->user;
  source.open.emplace(seen.peer, std::move(owned));
  source.order.add(*tracked);
  index_start(source, *tracked);
  index_user(*tracked);
  opened_now_.push_back(&tracked->row);
  ++open_count_;
  urgent_ = true;
  mark(*tracked);
  return tracked;
}

SessionTracker::Tracked* SessionTracker::reopen(SourceState& source, const std::string& peer) {
  const auto found = source.closed.find(peer);
  if (found == source.closed.end()) return nullptr;
  // After the last word there is no more: this is a listing that was made before it.
  if (found->second->row.session.final) return nullptr;
  auto owned = std::move(found->second);
  source.closed.erase(found);
  Tracked* tracked = owned.get();
  auto& session = tracked->row.session;
  session.state = model::SessionState::open;
  session.closed_at.reset();
  session.end_reason.reset();
  tracked->ending.reset();
  tracked->absences = 0;
  tracked->fresh = true;
  source.open.insert_or_assign(peer, std::move(owned));
  source.order.add(*tracked);
  index_user(*tracked);
  opened_now_.push_back(&tracked->row);
  ++open_count_;
  urgent_ = true;
  mark(*tracked);
  return tracked;
}

void SessionTracker::take_facts(Tracked& tracked, base::Time at, const model::PeerFacts& facts) {
  auto& session = tracked.row.session;
  if (tracked.fresh && !session.real_address) {
    copy_facts(session, facts);
    if (session.real_address) sight_endpoint(tracked, std::min(session.opened_at, at), at);
    return;
  }
  const auto before = session;
  if (before.user != facts.user) unindex_user(tracked);
  copy_facts(session, facts);
  if (before.user != facts.user) {
    index_user(tracked);
    tracked.note = {};
  }
  const bool moved = session.real_address != before.real_address || session.real_port != before.real_port;
  if (session.real_address && moved)
    sight_endpoint(tracked, before.real_address ? at : std::min(session.opened_at, at), at);
  if (moved && before.real_address) moves_.roamed.push_back(session);
  if (session == before) return;
  tracked.facts_changed = true;
  urgent_ = true;
  mark(tracked);
}

void SessionTracker::sight_endpoint(const Tracked& tracked, base::Time first, base::Time last) {
  const auto& session = tracked.row.session;
  moves_.endpoints.push_back(
      {session.id, model::Endpoint{*session.real_address, session.real_port}, session.place, first, last});
}

void SessionTracker::raise(Tracked& tracked, base::Time at, const model::Counters& counters) {
  auto& session = tracked.row.session;
  const auto heard_at = tracked.fresh && session.counters().is_zero() ? session.opened_at : session.last_seen_at;
  // What is read again after a take-over was counted before and stored with its second.
  const bool is_news = base::floor_to(at, base::Seconds{1}) > session.last_seen_at;
  const bool shrank = counters.rx_bytes < session.rx_bytes || counters.tx_bytes < session.tx_bytes;
  if (is_news && shrank) ++stats_.shrunk_counters;
  session.last_seen_at = std::max(session.last_seen_at, at);
  auto raised = session.counters();
  raised.raise_to(counters);
  const auto moved = raised - session.counters();
  const auto before = tracked.rate.rate();
  const auto rate = tracked.rate.report(at, raised);
  if (!moved.is_zero()) {
    add_traffic(tracked, heard_at, at, moved);
    session.rx_bytes = raised.rx_bytes;
    session.tx_bytes = raised.tx_bytes;
    moved_now_.push_back({&tracked.row, &tracked.note, moved, at});
  }
  session.rx_bps = rate.rx_bps;
  session.tx_bps = rate.tx_bps;
  if (!moved.is_zero() || !(before == rate)) mark_counters(tracked);
}

void SessionTracker::on(SourceState& source, const model::Observation& observation, const model::PeerGone& gone) {
  const auto found = source.open.find(gone.peer);
  if (found == source.open.end()) {
    // The last word may come after the session was closed by absence: it still raises the counters.
    const auto late = source.closed.find(gone.peer);
    if (late == source.closed.end() || !gone.counters) return;
    raise(*late->second, observation.at, *gone.counters);
    late->second->row.session.final = true;
    mark(*late->second);
    return;
  }
  if (gone.counters) {
    raise(*found->second, observation.at, *gone.counters);
    found->second->row.session.final = true;
  }
  const std::string peer = found->first;
  close(source, peer, observation.at, gone.reason);
}

void SessionTracker::on(SourceState& source, const model::Observation& observation, const model::PeersMoved& moved) {
  for (const auto& [peer, counters] : moved.peers) {
    Tracked* tracked = find_open(source, peer);
    if (tracked == nullptr) tracked = reopen(source, peer);
    if (tracked == nullptr) {
      ++stats_.unknown_peers;
      continue;
    }
    tracked->absences = 0;
    tracked->restored = false;
    raise(*tracked, observation.at, counters);
  }
}

void SessionTracker::on(SourceState& source, const model::Observation&, const model::PeersJudged& judged) {
  for (const auto& [peer, evidence, quality, flows] : judged.peers) {
    const auto found = source.open.find(peer);
    if (found == source.open.end()) continue;
    auto& session = found->second->row.session;
    if (evidence) session.evidence = evidence;
    if (quality) session.quality = quality;
    if (flows) session.flows = flows;
    found->second->facts_changed = true;
    mark_counters(*found->second);
  }
}

void SessionTracker::on(SourceState& source, const model::Observation& observation, const model::PeersListed& listed) {
  const auto present = static_cast<std::uint64_t>(
      std::ranges::count_if(source.open, [&](const auto& entry) { return entry.second->listing == listed.listing; }));
  if (present != listed.count) {
    ++stats_.incomplete_listings;
    return;
  }
  struct Absent {
    std::string peer;
    base::Time since;
    bool restored;
  };
  std::vector<Absent> ended;
  for (auto& [peer, tracked] : source.open) {
    if (tracked->listing == listed.listing) continue;
    if (tracked->absences++ == 0) tracked->absent_since = observation.at;
    if (tracked->absences < absences_until_closed) continue;
    const auto since = tracked->restored ? tracked->row.session.last_seen_at : tracked->absent_since;
    ended.push_back({peer, since, tracked->restored});
  }
  for (const auto& [peer, since, restored] : ended) {
    close(source, peer, since, restored ? model::EndReason::away : model::EndReason::left);
  }
}

void SessionTracker::on(SourceState& source, const model::Observation& observation, const model::EpochStarted& epoch) {
  const auto prefix = epoch.epoch + "/";
  std::vector<std::string> ended;
  for (const auto& [peer, tracked] : source.open) {
    if (!peer.starts_with(prefix)) ended.push_back(peer);
  }
  for (const auto& peer : ended) {
    const auto& tracked = *source.open.find(peer)->second;
    const bool restored = tracked.restored;
    const auto at = restored ? tracked.row.session.last_seen_at : observation.at;
    close(source, peer, at, restored ? model::EndReason::away : model::EndReason::restart);
  }
  blame_restart(source, observation.at, prefix);
}

void SessionTracker::close(SourceState& source, const std::string& peer, base::Time at, model::EndReason reason) {
  const auto found = source.open.find(peer);
  auto owned = std::move(found->second);
  source.open.erase(found);
  source.order.remove(*owned);
  unindex_user(*owned);
  --open_count_;
  if (owned->ending && (reason == model::EndReason::left || reason == model::EndReason::unknown))
    reason = *owned->ending;
  auto& session = owned->row.session;
  session.state = model::SessionState::closed;
  session.closed_at = std::max(at, session.opened_at);
  session.end_reason = reason;
  session.rx_bps = 0;
  session.tx_bps = 0;
  owned->rate.forget();
  urgent_ = true;
  mark(*owned);
  source.closed_order.push_back({at, peer, at});
  source.closed.insert_or_assign(peer, std::move(owned));
}

// However long nobody ran: last words of before the stop may be repeated after the start.
void SessionTracker::date_restored(base::Time now) {
  if (std::exchange(restored_dated_, true)) return;
  for (auto& source : sources_) {
    for (auto& closed : source->closed_order) {
      if (!closed.remembered_from) closed.remembered_from = now;
    }
  }
}

void SessionTracker::tick(base::Time now) {
  date_restored(now);
  moved_now_.clear();
  opened_now_.clear();
  for (auto& source : sources_) {
    for (auto& [peer, tracked] : source->open) {
      auto& session = tracked->row.session;
      const bool has_rate = session.rx_bps != 0 || session.tx_bps != 0;
      if (!has_rate ||
          now - session.last_seen_at < std::max<base::Milliseconds>(limits_.rate_expires, tracked->rate.patience()))
        continue;
      tracked->rate.forget();
      session.rx_bps = 0;
      session.tx_bps = 0;
      mark_counters(*tracked);
    }
    take_waiting_finals(*source, now);
    forget_closed(*source, now);
  }
}

void SessionTracker::forget_closed(SourceState& source, base::Time now) {
  auto& order = source.closed_order;
  while (!order.empty()) {
    const auto found = source.closed.find(order.front().peer);
    const bool expired = now - order.front().remembered_from.value_or(now) > limits_.reopen_within ||
                         order.size() > limits_.remembered_per_source;
    const bool listed =
        found != source.closed.end() && (found->second->dirty || found->second->stale || found->second->untold);
    if (found != source.closed.end() && (!expired || listed)) return;
    if (found != source.closed.end()) {
      unindex_start(source, *found->second);
      source.closed.erase(found);
    }
    order.pop_front();
  }
}

void SessionTracker::touch_all() {
  for (auto& source : sources_) {
    for (auto& [peer, tracked] : source->open) mark_stale(*tracked);
  }
}

}  // namespace davylamp::core
