// One agent: what it says becomes presence, findings, a verdict and hours.
#pragma once

#include <optional>
#include <vector>

#include "core/agents/canary_book.hpp"
#include "core/agents/exit_rules.hpp"
#include "core/agents/findings.hpp"
#include "core/agents/hours.hpp"
#include "core/agents/path_rules.hpp"
#include "core/agents/resolver_rules.hpp"

namespace davylamp::core {

class TrackedAgent {
 public:
  // `site` and `canaries` outlive this; `site` is filled by the owner.
  TrackedAgent(const model::AgentSettings& settings, CanaryBook& canaries);
  TrackedAgent(const model::Agent& agent, CanaryBook& canaries);

  void restore_hour(const model::AgentHour& row) { hours_.restore(row); }
  // The hub was not there from when this was last written until `now`, or from `absent_from` when that is later.
  void resume(base::Time absent_from, base::Time now);
  void set_settings(const model::AgentSettings& settings, base::Time now);
  void set_maintenance(bool maintenance, base::Time now);
  void set_site(Site& site) { site_ = &site; }
  void hear(const model::Heartbeat& heartbeat, base::Time now);
  // The canary zone was asked for this agent's newest probe after the report of it came.
  void hear_canary(base::Time now);
  // At wake_at() or later: deadlines, hours that go on without a report.
  void wake(base::Time now);
  base::Time wake_at() const { return wake_at_; }

  const model::Agent& agent() const { return agent_; }
  const Expectations& expected() const { return expected_; }
  // Since the last take_hours() something changed; something that people wait for.
  bool is_changed() const { return changed_; }
  bool is_urgent() const { return urgent_; }
  // Rows of the hours that moved, reckoned up to `now`; then all is taken.
  std::vector<model::AgentHour> take_hours(base::Time now);

 private:
  ExitLook look_at(const model::Heartbeat& heartbeat) const;
  bool is_outdated(const model::Heartbeat& heartbeat, base::Time at, base::Time now) const;
  // What is true now.
  void take_as_current(const model::Heartbeat& heartbeat, base::Time at);
  void judge_heartbeat(const model::Heartbeat& heartbeat, base::Time at);
  void judge_tunnel(const ExitLook& look, base::Time at);
  void judge_exit(const ExitLook& look, base::Time at);
  void judge_ipv6(const ExitLook& look, base::Time at);
  void judge_resolver(const ExitLook& look, const CanaryProof& canary, base::Time at, bool whole);
  void judge_rest(const ExitLook& look, base::Time at);
  void judge_path(const model::Heartbeat& heartbeat, base::Time at);
  void show_or_clear(std::optional<Shown> shown, model::FindingKind kind, std::uint32_t weight, base::Time at);
  void learn_from(const ExitLook& look, base::Time at);
  void learn_real_address(const ExitLook& look, base::Time at);
  bool is_masked() const;
  // Exits as they stand, and the occasion that one changed.
  void move_exits(const ExitLook& look, base::Time at);
  struct ExitPlaces {
    std::optional<model::AgentExit>& standing;
    std::optional<model::AgentExit>& good;
    std::optional<model::Address>& pending;
  };
  void move_exit(const std::optional<ExitSeen>& seen, const model::ExitReport& report, ExitPlaces places,
                 base::Time at);
  void note_good(const ExitSeen& seen, ExitPlaces places, base::Time at);
  model::RunState state_of_current() const;
  model::RunState state_of_past(const ExitLook& look) const;
  void count(const model::Heartbeat& heartbeat, base::Time at, model::RunState state);
  void count_bytes(const model::Heartbeat& heartbeat, base::Time at);
  void add_point(const model::PathPoint& point);
  void set_deadline(base::Time heard_at, base::Time now);
  void settle(base::Time now);
  void pause_or_go_on(base::Time now);
  void touch_hours(base::Time begin, base::Time end, base::Time now);
  void set_wake(base::Time now);

  model::Agent agent_;
  CanaryBook& canaries_;
  Expectations expected_;
  Site* site_ = nullptr;
  Hours hours_;
  FindingBook book_;
  PathWatch path_;
  std::optional<model::Address> pending_v4_;
  std::optional<model::Address> pending_v6_;
  std::uint32_t blind_ = 0;
  bool maintenance_ = false;
  bool changed_ = false;
  bool urgent_ = false;
  base::Time current_at_ = base::Time::min();
  base::Time resumed_at_ = base::Time::min();
  base::Time wake_at_ = base::Time::max();
  std::vector<base::Time> moved_hours_;
};

}  // namespace davylamp::core
