#pragma once

#include <memory>

#include "store/memory/tables.hpp"

namespace davylamp::memory {

class Reader final : public contract::StoreReader {
 public:
  explicit Reader(std::shared_ptr<Tables> tables) : tables_(std::move(tables)) {}
  contract::SessionPage closed_sessions(const contract::SessionQuery& query) override;
  std::vector<model::Session> open_sessions() override;
  std::optional<model::Session> session(model::SessionId id) override;
  std::vector<contract::EndpointRow> endpoints(model::SessionId id) override;
  contract::UserPage users(const contract::UserQuery& query) override;
  std::optional<contract::UserRow> user(const std::string& name) override;
  // traffic_queries.cpp
  contract::TrafficSeries session_traffic(model::SessionId id, std::size_t most_points) override;
  contract::TrafficSeries user_traffic(const std::string& name, base::Time from, base::Time to) override;
  contract::HistorySeries history(const contract::HistoryQuery& query) override;
  contract::Totals totals(base::Time from, base::Time to, const std::vector<std::string>& servers) override;

  std::vector<model::Event> events(std::size_t limit, std::optional<std::uint64_t> before) override;
  std::vector<model::Event> user_events(const std::string& user, std::size_t limit,
                                        std::optional<std::uint64_t> before) override;
  std::vector<model::Server> servers() override;
  // attempts_queries.cpp
  contract::AttemptPage attempts(const contract::AttemptQuery& query) override;
  // incidents_queries.cpp
  std::vector<model::Agent> agents() override;
  std::optional<model::Agent> agent(const std::string& name) override;
  std::vector<model::AgentHour> agent_hours(const std::string& agent, base::Time from, base::Time to) override;
  contract::IncidentPage incidents(const contract::IncidentQuery& query) override;
  std::optional<model::Incident> incident(std::uint64_t id) override;
  std::vector<model::Delivery> deliveries(std::uint64_t incident_id, std::size_t limit) override;

 private:
  template <class Wanted>
  std::vector<model::Event> newest_events(std::size_t limit, std::optional<std::uint64_t> before, Wanted wanted);

  std::shared_ptr<Tables> tables_;
};

}  // namespace davylamp::memory
