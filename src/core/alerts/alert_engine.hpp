// Decides whether somebody is to be told: conditions in, incidents and deliveries out. Rules are data. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/zone.hpp"
#include "core/alerts/absence_clock.hpp"
#include "core/alerts/incident_book.hpp"
#include "core/alerts/life.hpp"
#include "core/alerts/notices.hpp"
#include "core/alerts/sign.hpp"
#include "core/alerts/site_watch.hpp"
#include "core/alerts/user_memory.hpp"
#include "model/change.hpp"
#include "model/incident.hpp"
#include "model/ledger.hpp"

namespace davylamp::core {

struct AlertMoves {
  std::vector<model::Incident> incidents;   // that fire or fired: whole, each once, to be stored and told
  std::vector<model::Incident> passing;     // that did not fire: pending, or over (resolved, never fired); only told
  std::vector<model::Delivery> deliveries;  // new ones, to go out now
};

// What was not looked at, because a bound was reached.
struct AlertLosses {
  std::uint64_t conditions = 0;  // more than most_conditions hold or fired lately
  std::uint64_t users = 0;       // more than UserMemory::most_users
  std::uint64_t notices = 0;     // waited on a channel behind Notices::most_waiting others
};

// Used on one loop. An incident is one from its condition's first moment to its end, however often it is said again.
// Nothing is decided before the first set_alerting().
class AlertEngine {
 public:
  static constexpr std::size_t most_conditions = 50'000;

  explicit AlertEngine(const base::Zones& zones) : absences_(zones), notices_(zones) {}
  // Once, after set_channels() and before everything else.
  void restore(const model::Checkpoint& checkpoint, base::Time now);
  void set_channels(std::vector<AlertChannel> channels) { notices_.set_channels(std::move(channels)); }
  void set_alerting(const model::Alerting& alerting, base::Time now);
  // Everything that happened, in order: sessions, servers, quotas, events, agents, jobs. What it does not know it
  // skips.
  void hear(const model::Change& change, base::Time now);
  // An agent as it was before what is heard of it next: what it shows begins, if only for a moment.
  void hear_passed(const model::Agent& agent, base::Time now);
  // For tellers who have no change of their own.
  void hear(const Sign& sign, base::Time now);
  // What is over about a user who was erased is not written again, and the countries are forgotten.
  void forget_user(std::string_view user);
  void acknowledge(std::uint64_t incident_id, const std::string& by, base::Time now);
  // Holds, clear times, the clock's rules, grouping.
  void tick(base::Time now);
  AlertMoves take();
  bool urgent() const { return book_.touched() || !made_.empty(); }
  // Agents that are under a maintenance window now.
  std::vector<std::string> in_maintenance(const std::vector<std::string>& agents, base::Time now) const;
  AlertLosses losses() const { return {conditions_dropped_, users_.dropped(), notices_.dropped()}; }

 private:
  using Cases = std::map<Topic, Life>;

  void hear_all(const std::vector<Sign>& signs, base::Time now);
  void hear_opened(const model::Session& session, base::Time now);
  void hear_closed(const model::Session& session, base::Time now);
  void hear_new_country(const model::Session& session, base::Time now);
  void hear_agent(const model::Agent& agent, base::Time now);
  void hear_quota_gone(const model::QuotaGone& gone, base::Time now);
  void hear_expiries(base::Time now);
  bool asked_for(model::ConditionKind condition, const std::string& subject) const;
  void restore_incidents(const std::vector<model::Incident>& incidents, base::Time now);
  void restore_outages(const std::vector<model::Incident>& incidents);

  // The whole of it: what was heard becomes steps, steps become incidents, incidents become notices.
  void settle(base::Time now, bool all);
  bool advance(const Topic& topic, Life& life, base::Time now);
  void take_step(Step step, const Topic& topic, Life& life, const model::AlertRule* rule, base::Time now);
  void begin(const Topic& topic, Life& life, const model::AlertRule& rule, base::Time now);
  void fire(Life& life, base::Time now);
  void finish(Life& life, base::Time now, const model::AlertRule* rule);
  void refresh(Life& life, const model::AlertRule& rule, base::Time now);
  void judge(const Topic& topic, Life& life, base::Time now);
  bool fold(const Topic& topic, model::Incident& incident, base::Time now);
  void silence(model::Incident& incident, base::Time now);
  void sweep(base::Time now);

  model::Alerting alerting_;
  bool ready_ = false;
  Cases cases_;
  std::set<Topic> touched_;
  std::set<std::uint64_t> over_;  // and still in the book
  IncidentBook book_;
  SiteWatch sites_;
  UserMemory users_;
  AbsenceClock absences_;
  Notices notices_;
  std::map<std::string, model::Server> expiring_;  // those with a certificate
  std::vector<model::Delivery> made_;
  base::Time now_{};
  base::Time expiries_at_{};
  std::uint64_t conditions_dropped_ = 0;
};

// What a fresh installation has: one rule per condition that is worth telling everybody.
std::vector<model::AlertRule> default_alert_rules();

}  // namespace davylamp::core
