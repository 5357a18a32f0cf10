// The incidents that are open, and those that are over and still to be told of.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/id_series.hpp"
#include "model/incident.hpp"

namespace davylamp::core {

// Adds a step to the timeline; of a full one, a step that is only of passing interest goes.
void mark(model::Incident& incident, base::Time at, std::string_view what, std::string text);

class IncidentBook {
 public:
  void restore(std::uint64_t next_id, const model::Shard& shard = {}) { ids_.restore(next_id, shard); }
  // With an id of its own.
  model::Incident& add(model::Incident incident);
  void put(model::Incident incident);
  model::Incident* find(std::uint64_t id);
  // To be written and told.
  void touch(std::uint64_t id) { touched_.insert(id); }
  // Nobody needs it any longer; what was touched is still taken.
  void forget(std::uint64_t id) { forgotten_.insert(id); }
  // It must not be written or told again.
  void drop(std::uint64_t id) {
    touched_.erase(id);
    incidents_.erase(id);
  }
  bool touched() const { return !touched_.empty(); }
  // Whole, each once, in order of id.
  std::vector<model::Incident> take();

  const std::map<std::uint64_t, model::Incident>& all() const { return incidents_; }

 private:
  std::map<std::uint64_t, model::Incident> incidents_;
  std::set<std::uint64_t> touched_;
  std::set<std::uint64_t> forgotten_;
  IdSeries ids_;
};

}  // namespace davylamp::core
