// Writes what the process role says of agents, incidents and deliveries.
#pragma once

#include "contract/store.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::sql {

class AgentWriter {
 public:
  explicit AgentWriter(Connection& connection);
  // Without what belongs to an agent that is not there any more.
  void write(const std::vector<model::Agent>& agents);
  void write(const std::vector<model::AgentHour>& hours);
  // Return the next id, at least `next_id`.
  std::uint64_t write(const std::vector<model::Incident>& incidents, std::uint64_t next_id);
  std::uint64_t write(const std::vector<model::Delivery>& deliveries, std::uint64_t next_id);

 private:
  void write(const model::Incident& incident);

  Statement agent_;
  Statement hour_;
  Statement incident_;
  Statement no_incident_;
  Statement delivery_;
};

}  // namespace davylamp::sql
