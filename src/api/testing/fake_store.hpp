// A store that a test fills by hand: just enough of the contract for the routes. Not bounded, not fast.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/session_filter.hpp"
#include "contract/store.hpp"

namespace davylamp::api::testing {

// What both fakes show. The test fills it before it asks.
struct StoredRows {
  std::vector<model::Session> sessions;
  std::vector<contract::EndpointRow> endpoints;
  contract::TrafficSeries traffic;
  std::vector<contract::UserRow> users;
  std::vector<contract::HistoryPoint> history;
  std::vector<model::Event> events;
  contract::AttemptPage attempts;
  contract::AttemptQuery last_attempts;
  std::vector<model::Server> servers;
  std::vector<model::Agent> agents;
  std::vector<model::AgentHour> agent_hours;
  contract::IncidentPage incidents;
  contract::IncidentQuery last_incidents;
  std::vector<model::Delivery> deliveries;
  contract::Totals totals;
  contract::HistoryQuery last_history;
  base::Time totals_from{};
};

class FakeReader : public contract::StoreReader {
 public:
  explicit FakeReader(std::shared_ptr<StoredRows> rows) : rows_(std::move(rows)) {}

  contract::SessionPage closed_sessions(const contract::SessionQuery& query) override {
    std::vector<const model::Session*> closed;
    for (const auto& session : rows_->sessions) {
      if (session.state == model::SessionState::closed) closed.push_back(&session);
    }
    return base::value_or_throw(page_of(closed, query));
  }
  std::vector<model::Session> open_sessions() override {
    std::vector<model::Session> open;
    std::ranges::copy_if(rows_->sessions, std::back_inserter(open),
                         [](const auto& session) { return session.state == model::SessionState::open; });
    return open;
  }
  std::optional<model::Session> session(model::SessionId id) override {
    const auto found = std::ranges::find(rows_->sessions, id, &model::Session::id);
    return found == rows_->sessions.end() ? std::nullopt : std::optional(*found);
  }
  std::vector<contract::EndpointRow> endpoints(model::SessionId) override { return rows_->endpoints; }
  contract::TrafficSeries session_traffic(model::SessionId, std::size_t) override { return rows_->traffic; }
  contract::UserPage users(const contract::UserQuery&) override {
    return {rows_->users, rows_->users.size(), std::nullopt};
  }
  std::optional<contract::UserRow> user(const std::string& name) override {
    const auto found = std::ranges::find(rows_->users, name, &contract::UserRow::user);
    return found == rows_->users.end() ? std::nullopt : std::optional(*found);
  }
  contract::AttemptPage attempts(const contract::AttemptQuery& query) override {
    rows_->last_attempts = query;
    if (query.cursor == "broken") throw base::Failure("bad_cursor", "not ours");
    return rows_->attempts;
  }
  contract::TrafficSeries user_traffic(const std::string&, base::Time, base::Time) override { return rows_->traffic; }
  contract::HistorySeries history(const contract::HistoryQuery& query) override {
    rows_->last_history = query;
    contract::HistorySeries series{query.step_seconds, {}};
    std::ranges::copy_if(rows_->history, std::back_inserter(series.points),
                         [&](const auto& point) { return point.at >= query.from && point.at < query.to; });
    return series;
  }
  std::vector<model::Event> events(std::size_t limit, std::optional<std::uint64_t> before) override {
    std::vector<model::Event> events;
    for (const auto& event : rows_->events) {
      if (events.size() < limit && (!before || event.id < *before)) events.push_back(event);
    }
    return events;
  }
  std::vector<model::Event> user_events(const std::string& user, std::size_t limit,
                                        std::optional<std::uint64_t> before) override {
    std::vector<model::Event> events;
    for (const auto& event : rows_->events) {
      if (event.user == user && events.size() < limit && (!before || event.id < *before)) events.push_back(event);
    }
    return events;
  }
  std::vector<model::Server> servers() override { return rows_->servers; }
  std::vector<model::Agent> agents() override { return rows_->agents; }
  std::optional<model::Agent> agent(const std::string& name) override {
    const auto found = std::ranges::find(rows_->agents, name, [](const auto& agent) { return agent.settings.name; });
    return found == rows_->agents.end() ? std::nullopt : std::optional(*found);
  }
  std::vector<model::AgentHour> agent_hours(const std::string&, base::Time, base::Time) override {
    return rows_->agent_hours;
  }
  contract::IncidentPage incidents(const contract::IncidentQuery& query) override {
    rows_->last_incidents = query;
    if (query.cursor == "broken") throw base::Failure("bad_cursor", "not ours");
    return rows_->incidents;
  }
  std::optional<model::Incident> incident(std::uint64_t id) override {
    const auto found = std::ranges::find(rows_->incidents.items, id, &model::Incident::id);
    return found == rows_->incidents.items.end() ? std::nullopt : std::optional(*found);
  }
  std::vector<model::Delivery> deliveries(std::uint64_t incident_id, std::size_t) override {
    std::vector<model::Delivery> found;
    std::ranges::copy_if(rows_->deliveries, std::back_inserter(found),
                         [&](const auto& delivery) { return incident_id == 0 || delivery.incident_id == incident_id; });
    return found;
  }
  contract::Totals totals(base::Time from, base::Time, const std::vector<std::string>&) override {
    rows_->totals_from = from;
    return rows_->totals;
  }

 private:
  std::shared_ptr<StoredRows> rows_;
};

}  // namespace davylamp::api::testing
