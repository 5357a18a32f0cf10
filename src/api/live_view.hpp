// What is true now, as far as the serve role has heard.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "api/dto/limits.hpp"
#include "model/change.hpp"

namespace davylamp::api {

// Folds changes. A change that comes twice, or late, does no harm: counters never go down, an update of a session that
// is not open is ignored, an event is kept once. Used on one loop only.
class LiveView {
 public:
  static constexpr std::size_t most_events = 50;
  static constexpr std::size_t most_incidents = 1'000;

  // Quotas are not in the store: they are told anew. Jobs and losses stay.
  void reset(std::vector<model::Session> sessions, std::vector<model::Server> servers,
             std::vector<model::Event> events);
  // What the store has of agents, and of incidents: those that LiveView::incidents() speaks of.
  void reset_alerting(std::vector<model::Agent> agents, std::vector<model::Incident> incidents);
  void apply(const std::vector<model::Change>& changes);
  // False when all of it was known: counters are told at once, and again once they are stored.
  bool apply_one(const model::Change& change);

  // Whether it was ever made.
  bool loaded() const { return loaded_; }
  // Null when no such session is open. Valid until the next reset() or apply().
  const model::Session* session(model::SessionId id) const;
  const model::Server* server(const std::string& name) const;
  const std::map<model::SessionId, model::Session>& sessions() const { return sessions_; }
  const std::map<std::string, model::Server>& servers() const { return servers_; }
  // Newest first, at most 50.
  const std::deque<model::Event>& events() const { return events_; }
  const model::Quota* quota(const QuotaKey& key) const;
  const std::map<QuotaKey, model::Quota>& quotas() const { return quotas_; }
  const model::HouseJob* job(const std::string& name) const;
  const std::map<std::string, model::HouseJob>& jobs() const { return jobs_; }
  // By role.
  const std::map<std::string, std::vector<model::Loss>>& losses() const { return losses_; }

  const std::map<std::string, model::Agent>& agents() const { return agents_; }
  // That are not resolved, and those resolved within the last day, as far as they were heard of: at most 1,000.
  const std::map<std::uint64_t, model::Incident>& incidents() const { return incidents_; }

  // Takes the events, quotas and incidents of a user out, who was erased.
  void forget_user(const std::string& user);

 private:
  void take(const model::SessionOpened& change);
  void take(const model::SessionUpdated& change);
  bool take(const model::SessionsMoved& change);
  void take(const model::SessionClosed& change);
  void take(const model::ServerChanged& change);
  void take(const model::EventHappened& change);
  void take(const model::QuotaChanged& change);
  void take(const model::QuotaGone& change);
  void take(const model::JobChanged& change);
  void take(const model::LossesCounted& change);
  void take(const model::AgentChanged& change);
  void take(const model::AgentGone& change);
  void take(const model::IncidentChanged& change);
  void take(const model::DeliveryChanged&) {}  // asked for with its incident
  void take(const model::WarningTold&) {}      // for the rules; a page sees the incident
  void take(const model::CommandDone&) {}      // for who waits for it: ActionBoard

  bool loaded_ = false;
  std::map<model::SessionId, model::Session> sessions_;
  std::map<std::string, model::Server> servers_;
  std::deque<model::Event> events_;
  std::map<QuotaKey, model::Quota> quotas_;
  std::map<std::string, model::HouseJob> jobs_;
  std::map<std::string, std::vector<model::Loss>> losses_;
  std::map<std::string, model::Agent> agents_;
  std::map<std::uint64_t, model::Incident> incidents_;
};

}  // namespace davylamp::api
