#include "core/alerts/incident_book.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::core {
namespace {

bool is_passing(const model::IncidentMark& step) {
  const bool lasting = step.what == "seen" || step.what == "fired" || step.what == "resolved" ||
                       step.what == "acknowledged" || step.text.starts_with("fired on ");
  return !lasting;
}

}  // namespace

void mark(model::Incident& incident, base::Time at, std::string_view what, std::string text) {
  auto& marks = incident.marks;
  if (marks.size() >= model::Incident::most_marks) {
    const auto passing = std::ranges::find_if(marks, is_passing);
    if (passing == marks.end()) return;
    marks.erase(passing);
  }
  marks.push_back({at, std::string(what), std::move(text)});
}

model::Incident& IncidentBook::add(model::Incident incident) {
  incident.id = ids_.take(incident.since_at);
  const auto id = incident.id;
  touched_.insert(id);
  return incidents_[id] = std::move(incident);
}

void IncidentBook::put(model::Incident incident) {
  const auto id = incident.id;
  incidents_[id] = std::move(incident);
}

model::Incident* IncidentBook::find(std::uint64_t id) {
  const auto found = incidents_.find(id);
  return found == incidents_.end() ? nullptr : &found->second;
}

std::vector<model::Incident> IncidentBook::take() {
  std::vector<model::Incident> taken;
  for (const auto id : std::exchange(touched_, {})) {
    if (const auto found = incidents_.find(id); found != incidents_.end()) taken.push_back(found->second);
  }
  for (const auto id : std::exchange(forgotten_, {})) incidents_.erase(id);
  return taken;
}

}  // namespace davylamp::core
