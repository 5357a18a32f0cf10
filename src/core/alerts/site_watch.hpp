// Many agents that fall silent at once are one outage: of their site, or of the hub and its network.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/alerts/sign.hpp"
#include "model/agent.hpp"

namespace davylamp::core {

// An outage begins when an agent goes down and with it at least three, and at least half, of the agents of its site (or
// of all agents, over more than one site) are silent: down, or past a deadline that lies within one interval and grace
// of that agent's. So the first of a site that goes down speaks for those whose grace still runs. It ends when all are
// heard again, or when less than half have been silent for an interval: the rest speak for themselves then.
class SiteWatch {
 public:
  void hear(const model::Agent& agent, base::Time now);
  void forget(const std::string& agent);
  // An outage that went on when the program stopped; subject and aspect as its sign had them.
  void restore(const Topic& topic, const std::set<std::string>& agents, base::Time since);
  // Whoever is down now fell before, and begins nothing.
  void settle() { fallen_.clear(); }
  // Of every outage that began, changed or ended.
  std::vector<Sign> judge(base::Time now);
  // The outages that explain an agent's silence, the nearer first.
  std::vector<Topic> explain(const std::string& agent) const;
  // The agent's site; nothing when it is not known or has none.
  std::optional<std::string> site_of(const std::string& agent) const;

  // The outage of all agents.
  static Topic hub_topic();

 private:
  struct Member {
    std::string site;
    model::Presence presence = model::Presence::waiting;
    base::Time silent_at{};  // the deadline it missed
    base::Seconds interval{60};
    base::Seconds window{180};
    bool silent() const;
    bool expected() const;
  };
  struct Outage {
    std::set<std::string> agents;
    base::Time since{};
    std::size_t of = 0;
    std::optional<base::Time> settling_since;
  };
  using Members = std::map<std::string, Member>;

  void judge_fallen();
  std::map<Topic, std::int64_t> surplus() const;
  bool begin(const Topic& topic, const Member& fallen);
  void join(const Topic& topic, Outage& outage);
  bool over(Outage& outage, base::Time now) const;
  bool in_scope(const Topic& topic, const Member& member) const;
  Sign sign_of(const Topic& topic, const Outage& outage, bool holds) const;

  Members members_;
  std::set<std::string> fallen_;  // went down since the last judgement
  std::map<Topic, Outage> outages_;
  std::set<Topic> moved_;
};

}  // namespace davylamp::core
