// Going on after a restart.
#include <algorithm>

#include "core/alerts/agent_signs.hpp"
#include "core/alerts/alert_engine.hpp"

namespace davylamp::core {

void AlertEngine::restore(const model::Checkpoint& checkpoint, base::Time now) {
  now_ = now;
  book_.restore(checkpoint.next_incident_id, checkpoint.shard);
  notices_.restore(checkpoint.next_delivery_id, checkpoint.shard);
  users_.restore(checkpoint);
  absences_.start(now);
  restore_incidents(checkpoint.incidents, now);
  for (const auto& agent : checkpoint.agents) {
    sites_.hear(agent, now);
    // An exit that changed while the program ran was told then.
    for (const auto& sign : signs_of(agent)) {
      if (!is_occasion(sign.topic.condition)) hear(sign, now);
    }
  }
  sites_.settle();
  restore_outages(checkpoint.incidents);
}

void AlertEngine::restore_incidents(const std::vector<model::Incident>& incidents, base::Time now) {
  std::vector<const model::Incident*> in_order;
  in_order.reserve(incidents.size());
  for (const auto& incident : incidents) in_order.push_back(&incident);
  std::ranges::sort(in_order, {}, &model::Incident::id);
  for (const auto* incident : in_order) {
    const bool waits = notices_.restore(*incident);
    auto& life = cases_[Topic::of(*incident)];
    if (incident->state != model::IncidentState::resolved) {
      life.restore(*incident, now);
      book_.put(*incident);
      continue;
    }
    life.restore_past(*incident);
    if (waits) {
      book_.put(*incident);
      over_.insert(incident->id);
    } else {
      notices_.forget(incident->id);
    }
  }
}

void AlertEngine::restore_outages(const std::vector<model::Incident>& incidents) {
  for (const auto& outage : incidents) {
    if (outage.condition != model::ConditionKind::site_down || outage.state != model::IncidentState::firing) continue;
    std::set<std::string> agents;
    for (const auto& incident : incidents) {
      const bool down = incident.condition == model::ConditionKind::agent_down;
      if (down && incident.folded_into == outage.id) agents.insert(incident.subject);
    }
    sites_.restore(Topic::of(outage), agents, outage.since_at);
  }
}

}  // namespace davylamp::core
