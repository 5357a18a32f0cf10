// A pipeline with a store that is a list, and a second opinion on every byte: for tests of limits.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/pipeline.hpp"
#include "core/quota/testing_zones.hpp"
#include "core/testing_source.hpp"

namespace davylamp::core {

class QuotaLab {
 public:
  struct Moved {
    std::string user;
    base::Time minute;
    model::Counters bytes;
    std::string session;  // the source's key for it
    bool committed = false;
  };

  explicit QuotaLab(base::Time start) : now(start) { start_pipeline(); }

  // One more session of the user, or the next report of the one that is open; `late` moves the observation's time.
  void move(const std::string& user, model::Counters bytes, base::Seconds late = {}) {
    auto& peer = peers_[user];
    if (peer.key.empty()) peer.key = "e/" + std::to_string(++last_peer_) + "/0";
    peer.now += bytes;
    report(user, late);
  }
  void report(const std::string& user, base::Seconds late = {}) {
    if (!peers_.contains(user)) return;
    heard.insert(user);
    auto& peer = peers_[user];
    auto facts = TestingSource::facts(user, start_);
    facts.virtual_address = model::Address::parse("10.8.0.2").value();
    const auto moved = peer.now - peer.counted;
    pipeline->apply(source_.say(now - late, model::PeerSeen{peer.key, peer.now, 0, facts}));
    if (!moved.is_zero()) truth.push_back({user, base::floor_to(now - late, base::Seconds{60}), moved, peer.key});
    peer.counted = peer.now;
  }
  void leave(const std::string& user) {
    if (!peers_.contains(user)) return;
    pipeline->apply(source_.say(now, model::PeerGone{peers_[user].key, std::nullopt, model::EndReason::left}));
    peers_.erase(user);
  }
  void advance(base::Milliseconds by) {
    now += by;
    pipeline->tick(now);
  }
  // What the process role does: take, write, publish, read what is wanted. One session waits for its turn, at least,
  // when nothing needs a cut.
  Effects commit() {
    auto effects = pipeline->take(Pipeline::Scope::slice);
    write(effects);
    for (const auto from : pipeline->usage_wanted()) pipeline->set_usage(from, usage(from));
    for (const auto& event : effects.events) events.push_back(event);
    for (const auto& command : effects.commands) {
      if (const auto* list = std::get_if<model::RefuseUsers>(&command.order)) take_list(*list);
      if (const auto* end = std::get_if<model::EndSession>(&command.order)) ends.push_back(*end);
    }
    return effects;
  }
  // Until everything that is wanted was read and its outcome told.
  void settle() {
    for (int i = 0; i < 4; ++i) commit();
  }
  void lay_down() {
    ++limits.revision;
    pipeline->set_limits(limits, now);
  }
  model::Limit& add_limit(model::LimitSubject kind, std::string subject, std::uint64_t bytes) {
    auto& limit = limits.limits.emplace_back();
    limit.id = ++last_limit_;
    limit.subject_kind = kind;
    limit.subject = std::move(subject);
    limit.bytes = bytes;
    limit.created_at = start_;
    return limit;
  }
  // The program dies: what was not committed is seen again, in the next reports.
  void crash() {
    std::erase_if(truth, [](const auto& one) { return !one.committed; });
    for (auto& [user, peer] : peers_) peer.counted = peer.committed;
    heard.clear();
    for (const auto& row : checkpoint_.open_sessions) heard.insert(row.session.user);
    start_pipeline();
    lay_down();
  }
  const model::Quota* quota(std::uint64_t limit_id, const std::string& user) {
    quotas_ = pipeline->quotas().quotas();
    for (const auto& one : quotas_) {
      if (one.limit_id == limit_id && one.user == user) return &one;
    }
    return nullptr;
  }
  std::vector<std::string> texts(model::EventKind kind) const {
    std::vector<std::string> all;
    for (const auto& event : events) {
      if (event.kind == kind) all.push_back(event.text);
    }
    return all;
  }

  TestingZones zones;
  base::Time now;
  model::Limits limits;
  std::unique_ptr<Pipeline> pipeline;
  std::vector<Moved> truth;       // every byte, once, in order
  std::set<std::string> heard;    // moved or connected since the program started
  std::set<std::string> refused;  // the last list
  bool list_known = false;
  std::vector<model::Event> events;
  std::vector<model::EndSession> ends;
  std::vector<model::UsagePeriod> periods;

 private:
  struct Peer {
    std::string key;
    model::Counters now;
    model::Counters counted;
    model::Counters committed;
  };

  void start_pipeline() {
    SessionTracker::Limits sliced;
    sliced.slice = 1;
    pipeline = std::make_unique<Pipeline>(zones, sliced);
    pipeline->restore(checkpoint_, {});
    source_ = TestingSource("udp", ++boot_);
    list_known = false;
  }
  void write(const Effects& effects) {
    for (const auto& row : effects.traffic) stored_[row.user][row.at] += row.bytes;
    for (const auto& row : effects.sessions) {
      open_.erase(row.session.id);
      if (row.session.state == model::SessionState::open) open_[row.session.id] = row;
      checkpoint_.next_session_id = std::max(checkpoint_.next_session_id, row.session.id + 1);
      for (auto& one : truth) one.committed |= one.session == row.peer;
      const auto peer = peers_.find(row.session.user);
      if (peer != peers_.end() && peer->second.key == row.peer) peer->second.committed = row.session.counters();
    }
    checkpoint_.open_sessions.clear();
    for (const auto& [id, row] : open_) checkpoint_.open_sessions.push_back(row);
    for (const auto& grant : effects.grants) {
      for (auto& known : limits.grants)
        known.spent_bytes = known.id == grant.id ? grant.spent_bytes : known.spent_bytes;
    }
    for (const auto& reset : effects.resets) {
      for (auto& known : limits.resets) {
        if (known.limit_id == reset.limit_id && known.user == reset.user && known.at == reset.at) known = reset;
      }
    }
    periods.insert(periods.end(), effects.periods.begin(), effects.periods.end());
  }
  std::vector<model::UserUsage> usage(base::Time from) const {
    std::vector<model::UserUsage> rows;
    for (const auto& [user, minutes] : stored_) {
      model::UserUsage row{user, {}};
      for (auto at = minutes.lower_bound(from); at != minutes.end(); ++at) row.bytes += at->second;
      if (!row.bytes.is_zero()) rows.push_back(row);
    }
    return rows;
  }
  void take_list(const model::RefuseUsers& list) {
    refused.clear();
    for (const auto& one : list.refusals) refused.insert(one.user);
    list_known = true;
  }

  base::Time start_ = now;
  TestingSource source_;
  std::uint64_t boot_ = 0;
  std::uint64_t last_peer_ = 0;
  std::uint64_t last_limit_ = 0;
  std::map<std::string, Peer> peers_;
  std::map<std::string, std::map<base::Time, model::Counters>> stored_;
  std::map<model::SessionId, model::StoredSession> open_;
  model::Checkpoint checkpoint_;
  std::vector<model::Quota> quotas_;
};

}  // namespace davylamp::core
