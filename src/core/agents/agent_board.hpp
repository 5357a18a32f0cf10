// Agents: their deadlines, what they say, and what that means. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/agent.hpp"
#include "model/ledger.hpp"

namespace davylamp::core {

struct AgentMoves {
  std::vector<model::Agent> changed;  // whole, each once, in order of name
  std::vector<std::string> gone;
  std::vector<model::AgentHour> hours;  // whole, of those hours that moved
};

// Used on one loop. Repeated heartbeats (by number) change nothing; late ones count in the history and never in what is
// true now, unless nothing newer is known.
class AgentBoard {
 public:
  // Continues where a checkpoint left off: `now` is when the hub came back; time in which the hub was not there is
  // nobody's downtime, and deadlines begin anew at `now`.
  void restore(const std::vector<model::Agent>& agents, base::Time now);
  // All agents there are, whenever one was added, changed or removed.
  void set_settings(const std::vector<model::AgentSettings>& settings, base::Time now);
  // Nobody is expected to report while a maintenance window is over them: by name.
  void set_maintenance(const std::vector<std::string>& agents, base::Time now);
  void apply(const model::Heartbeat& heartbeat);
  void apply(const model::CanarySighting& sighting);
  // About once a second: deadlines, hours.
  void tick(base::Time now);
  // `scope` as in Pipeline::take: hours are left out of all but Scope::all and Scope::slice (`with_hours`).
  AgentMoves take(bool with_hours);
  // Somebody's presence or findings changed: take() soon.
  bool urgent() const;

  const std::map<std::string, model::Agent>& agents() const { return agents_; }

 private:
  std::map<std::string, model::Agent> agents_;
};

}  // namespace davylamp::core
