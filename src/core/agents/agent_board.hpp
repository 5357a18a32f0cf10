// Agents: their deadlines, what they say, and what that means. Pure.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/agents/canary_book.hpp"
#include "core/agents/expectations.hpp"
#include "core/agents/seen_numbers.hpp"
#include "core/agents/tracked_agent.hpp"
#include "model/agent.hpp"
#include "model/ledger.hpp"

namespace davylamp::core {

struct AgentMoves {
  std::vector<model::Agent> passed;   // with findings that came and went since the last take(), in order, as they were
  std::vector<model::Agent> changed;  // whole, each once, in order of name
  std::vector<std::string> gone;
  std::vector<model::AgentHour> hours;  // whole, of those hours that moved
};

// Used on one loop. Repeated heartbeats (by number; 0 is never a repeat) change nothing; late ones count in the history
// and never in what is true now, unless nothing newer is known.
//
// Deadlines: late from the last heartbeat + interval + slack (presence.hpp), down a grace after that. When the hub was
// not there (restore), or its clock jumped or stood still (more than 10 s between two ticks, or 5 s back), deadlines
// begin anew, and that time is nobody's downtime.
class AgentBoard {
 public:
  static constexpr base::Seconds longest_between_ticks{10};
  static constexpr base::Seconds most_back{5};
  static constexpr std::size_t most_strangers = 1'024;
  static constexpr std::size_t most_passed = 1'024;

  AgentBoard() = default;
  AgentBoard(const AgentBoard&) = delete;
  AgentBoard& operator=(const AgentBoard&) = delete;
  ~AgentBoard() = default;

  // Continues where a checkpoint left off: `now` is when the hub came back.
  void restore(const std::vector<model::Agent>& agents, const std::vector<model::AgentHour>& hours, base::Time now);
  // All agents there are, whenever one was added, changed or removed. Heartbeats of agents that were not known yet (the
  // last 1,024) count from then on; those of others are dropped.
  void set_settings(const std::vector<model::AgentSettings>& settings, base::Time now);
  // Nobody is expected to report while a maintenance window is over them: by name, in any order.
  void set_maintenance(const std::vector<std::string>& agents, base::Time now);
  void apply(const model::Heartbeat& heartbeat);
  void apply(const model::CanarySighting& sighting);
  // About once a second: deadlines, hours.
  void tick(base::Time now);
  // Every agent that changed, and its hours with it: a heartbeat that a cursor covers is in the same commit.
  AgentMoves take();
  // Somebody's verdict, presence or findings changed: take() soon.
  bool urgent() const { return urgent_; }

  const std::vector<std::string>& names() const { return names_; }  // in order
  // Null when there is none. Valid until the next call that is not const.
  const model::Agent* find(std::string_view name) const;
  std::uint64_t dropped_heartbeats() const { return dropped_heartbeats_; }
  // Findings that came and went between two take(), more than could be kept.
  std::uint64_t dropped_findings() const { return dropped_findings_; }

 private:
  using Agents = std::map<std::string, TrackedAgent, std::less<>>;
  void add(const model::AgentSettings& settings, base::Time now);
  void rebuild_sites();
  void resume_all(base::Time absent_from, base::Time now);
  void hear_strangers();
  void hear(TrackedAgent& agent, const model::Heartbeat& heartbeat);
  // After anything that may have moved this agent.
  void follow(TrackedAgent& agent, base::Time before);

  Agents agents_;
  std::vector<std::string> names_;
  std::map<std::string, Site> sites_;
  CanaryBook canaries_;
  SeenNumbers numbers_;
  std::set<std::pair<base::Time, TrackedAgent*>> wakes_;
  std::set<std::string_view> changed_;  // names, in agents_
  std::vector<std::string> gone_;
  std::vector<std::string> maintenance_;
  std::deque<model::Heartbeat> strangers_;
  std::vector<model::Agent> passed_;
  std::uint64_t dropped_heartbeats_ = 0;
  std::uint64_t dropped_findings_ = 0;
  bool urgent_ = false;
  base::Time now_{};
};

}  // namespace davylamp::core
