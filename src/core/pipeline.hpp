// The rules in order: observations in, effects out. Pure: no I/O, no clock, no thread, no log; the same inputs give the
// same outputs. Holds no branch on a kind of source.
#pragma once

#include "base/zone.hpp"
#include "core/agents/agent_board.hpp"
#include "core/alerts/alert_engine.hpp"
#include "core/attempt_board.hpp"
#include "core/effects.hpp"
#include "core/event_feed.hpp"
#include "core/outlook/series_watch.hpp"
#include "core/quota/quotas.hpp"
#include "core/rollup.hpp"
#include "core/server_board.hpp"
#include "core/session_tracker.hpp"

namespace davylamp::core {

class Pipeline {
 public:
  explicit Pipeline(const SessionTracker::Limits& limits = {}) : Pipeline(base::utc_zones, limits) {}
  // `zones` must outlive this.
  explicit Pipeline(const base::Zones& zones, const SessionTracker::Limits& limits = {})
      : sessions_(limits), quotas_(zones), alerts_(zones) {}

  // Continues where a checkpoint left off, as the shard that it is of. Call once, before apply(). What is not of one
  // node is said and written by the chief alone: how limits stand, agents, early warnings of them.
  void restore(const model::Checkpoint& checkpoint, base::Time now);
  void apply(const model::Observation& observation);
  // About once a second: rates fade, loads are sampled, once a minute every open session is written again.
  void tick(base::Time now);
  // Which servers nobody looks at now, because their collector is not there, and why; the others are looked at.
  void set_unwatched(const std::vector<model::SourceId>& servers, const std::string& why, base::Time now);
  // What operators laid down, whenever it changed; without it nobody is refused and nothing is said of who is.
  void set_limits(const model::Limits& limits, base::Time now) { quotas_.set_limits(limits, sessions_, now); }
  void set_agents(const std::vector<model::AgentSettings>& settings, base::Time now) {
    agents_.set_settings(settings, now);
  }
  void set_alerting(const model::Alerting& alerting, base::Time now) { alerts_.set_alerting(alerting, now); }
  void set_channels(std::vector<AlertChannel> channels) { alerts_.set_channels(std::move(channels)); }
  void acknowledge(const model::Acknowledge& order, base::Time now) {
    alerts_.acknowledge(order.incident_id, order.by, now);
  }
  // What series were like before: once, after restore().
  void learn(const std::vector<PastHour>& hours) { outlook_.learn(hours); }
  // Something happened outside the rules: a house job, what became of a delivery.
  void hear(const model::Change& change, base::Time now) { alerts_.hear(change, now); }
  // After a commit of what take() returned, and before the next take(): from when on the store's usage is to be read,
  // and what it said. See core/quota/quota_book.hpp.
  std::vector<base::Time> usage_wanted() const { return quotas_.usage_wanted(); }
  void set_usage(base::Time from, const std::vector<model::UserUsage>& rows) {
    quotas_.set_usage(from, rows, sessions_);
  }
  // Others write to the store as well: what they stored is wanted, and counts from then on.
  void read_usage_again() { quotas_.read_usage_again(); }
  // A user was erased from the store: what is over of the user is not written again.
  void forget_user(std::string_view user) {
    sessions_.forget_user(user);
    attempts_.forget_user(user);
    alerts_.forget_user(user);
  }
  // What the caller should now commit, and then publish. Scope::changes leaves out what only makes stored counters
  // newer, and what is to be done about limits; Scope::slice has a part of those counters. It becomes Scope::all by
  // itself when limits need a cut: everything that moved so far in one commit.
  using Scope = SessionTracker::Scope;
  Effects take(Scope scope = Scope::all);
  // Orders that need not wait for the store either: who passed a limit is stopped while a commit hangs or fails.
  std::vector<model::Command> take_commands() { return addressed(quotas_.take_commands()); }
  // Counters that moved, for the viewers, who need not wait for the store.
  std::vector<model::Change> take_counters() { return sessions_.take_counters(); }
  // Something happened that people wait for: take() soon.
  bool urgent() const {
    return sessions_.urgent() || servers_.urgent() || quotas_.urgent() || agents_.urgent() || alerts_.urgent();
  }
  // ... and it needs more than Scope::changes.
  bool urgent_for_limits() const { return quotas_.urgent() || quotas_.needs_cut(); }

  const SessionTracker& sessions() const { return sessions_; }
  const ServerBoard& servers() const { return servers_; }
  const QuotaBook& quotas() const { return quotas_.book(); }
  const AgentBoard& agents() const { return agents_; }
  AlertLosses alert_losses() const { return alerts_.losses(); }
  std::uint64_t series_refused() const { return outlook_.outlook().refused_series(); }

 private:
  std::vector<model::Command> addressed(std::vector<model::Command> commands) const;
  void take_agents(Effects& effects);
  void take_alerts(Effects& effects);
  void tell_sessions(const SessionMoves& moves, Effects& effects);
  model::Shard shard_;
  SessionTracker sessions_;
  Quotas quotas_;
  ServerBoard servers_;
  AttemptBoard attempts_;
  AgentBoard agents_;
  SeriesWatch outlook_;
  AlertEngine alerts_;
  Rollup rollup_;
  EventFeed events_;
  base::Time now_{};
  base::Time touched_at_{};
};

}  // namespace davylamp::core
