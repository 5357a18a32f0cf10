// Answers questions, from a connection of its own that cannot write. One file of queries per group.
#pragma once

#include "contract/store.hpp"
#include "store/sql/engine.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::sql {

class Reader final : public contract::StoreReader {
 public:
  explicit Reader(std::unique_ptr<Connection> connection) : owned_(std::move(connection)), connection_(*owned_) {}

  // sessions_queries.cpp
  contract::SessionPage closed_sessions(const contract::SessionQuery& query) override;
  std::vector<model::Session> open_sessions() override;
  std::optional<model::Session> session(model::SessionId id) override;
  std::vector<contract::EndpointRow> endpoints(model::SessionId id) override;
  // users_queries.cpp
  contract::UserPage users(const contract::UserQuery& query) override;
  std::optional<contract::UserRow> user(const std::string& name) override;
  // traffic_queries.cpp
  contract::TrafficSeries session_traffic(model::SessionId id, std::size_t most_points) override;
  contract::TrafficSeries user_traffic(const std::string& name, base::Time from, base::Time to) override;
  contract::HistorySeries history(const contract::HistoryQuery& query) override;
  contract::Totals totals(base::Time from, base::Time to, const std::vector<std::string>& servers) override;
  // servers_queries.cpp
  std::vector<model::Event> events(std::size_t limit, std::optional<std::uint64_t> before) override;
  std::vector<model::Event> user_events(const std::string& user, std::size_t limit,
                                        std::optional<std::uint64_t> before) override;
  std::vector<model::Server> servers() override;
  // attempts_queries.cpp
  contract::AttemptPage attempts(const contract::AttemptQuery& query) override;
  // agents_queries.cpp
  std::vector<model::Agent> agents() override;
  std::optional<model::Agent> agent(const std::string& name) override;
  std::vector<model::AgentHour> agent_hours(const std::string& agent, base::Time from, base::Time to) override;
  contract::IncidentPage incidents(const contract::IncidentQuery& query) override;
  std::optional<model::Incident> incident(std::uint64_t id) override;
  std::vector<model::Delivery> deliveries(std::uint64_t incident_id, std::size_t limit) override;

 private:
  std::unique_ptr<Connection> owned_;
  Connection& connection_;
};

}  // namespace davylamp::sql
