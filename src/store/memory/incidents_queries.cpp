#include <algorithm>
#include <ranges>

#include "store/memory/reader.hpp"
#include "store/paging.hpp"
#include "store/series.hpp"
#include "store/stored_form.hpp"

namespace davylamp::memory {
namespace {

constexpr std::string_view incident_order = "-id";

bool matches(const model::Incident& incident, const contract::IncidentQuery& query) {
  const bool open = incident.state != model::IncidentState::resolved;
  const auto resolved_at = store::whole_seconds(incident.resolved_at.value_or(incident.since_at));
  if (query.open && *query.open != open) return false;
  if (query.from && !open && resolved_at < store::whole_seconds(*query.from)) return false;
  if (query.to && store::whole_seconds(incident.since_at) >= store::whole_seconds(*query.to)) return false;
  if (query.severity && *query.severity != incident.severity) return false;
  return query.subject.empty() || query.subject == incident.subject;
}

}  // namespace

std::vector<model::Agent> Reader::agents() {
  const std::lock_guard lock(tables_->mutex);
  return all_agents(*tables_);
}

std::optional<model::Agent> Reader::agent(const std::string& name) {
  const std::lock_guard lock(tables_->mutex);
  const auto settings = tables_->agent_settings.find(name);
  if (settings == tables_->agent_settings.end()) return std::nullopt;
  const auto state = tables_->agents.find(name);
  auto agent = state == tables_->agents.end() ? model::Agent{} : state->second;
  agent.settings = settings->second;
  return agent;
}

std::vector<model::AgentHour> Reader::agent_hours(const std::string& agent, base::Time from, base::Time to) {
  const std::lock_guard lock(tables_->mutex);
  std::vector<model::AgentHour> hours;
  for (const auto& [key, hour] : tables_->agent_hours) {
    if (key.first < base::floor_to(from, store::hour) || key.first >= store::whole_seconds(to)) continue;
    if (agent.empty() || key.second == agent) hours.push_back(hour);
  }
  std::ranges::sort(hours, {}, [](const auto& hour) { return std::pair(hour.agent, hour.at); });
  return hours;
}

contract::IncidentPage Reader::incidents(const contract::IncidentQuery& query) {
  std::optional<store::PageCursor> cursor;
  if (query.cursor) cursor = store::decode(*query.cursor, incident_order);
  const std::lock_guard lock(tables_->mutex);
  contract::IncidentPage page;
  for (const auto& [id, incident] : tables_->incidents | std::views::reverse) {
    if (!matches(incident, query)) continue;
    ++page.total;
    if (page.next_cursor || (cursor && static_cast<std::int64_t>(id) >= cursor->value.number)) continue;
    if (page.items.size() == store::page_size(query.limit)) {
      const auto last = static_cast<std::int64_t>(page.items.back().id);
      page.next_cursor = store::encode({std::string(incident_order), {last, {}}, {}});
    } else {
      page.items.push_back(incident);
    }
  }
  return page;
}

std::optional<model::Incident> Reader::incident(std::uint64_t id) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->incidents.find(id);
  return found == tables_->incidents.end() ? std::nullopt : std::optional(found->second);
}

std::vector<model::Delivery> Reader::deliveries(std::uint64_t incident_id, std::size_t limit) {
  const std::lock_guard lock(tables_->mutex);
  std::vector<model::Delivery> deliveries;
  for (const auto& [id, delivery] : tables_->deliveries | std::views::reverse) {
    if (deliveries.size() == store::page_size(limit)) break;
    if (incident_id == 0 || delivery.incident_id == incident_id) deliveries.push_back(delivery);
  }
  return deliveries;
}

}  // namespace davylamp::memory
