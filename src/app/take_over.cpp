#include "app/take_over.hpp"

#include <algorithm>

namespace davylamp::app {
namespace {

constexpr std::size_t most_per_part = 1'000;

class Parts {
 public:
  void add(model::Change change) {
    if (parts_.empty() || parts_.back().size() == most_per_part) parts_.emplace_back();
    parts_.back().push_back(std::move(change));
  }
  std::vector<std::vector<model::Change>> take() { return std::move(parts_); }

 private:
  std::vector<std::vector<model::Change>> parts_;
};

}  // namespace

std::vector<std::vector<model::Change>> what_stands(const model::Checkpoint& checkpoint, base::Time now) {
  Parts parts;
  const auto is_late = [now](std::optional<base::Time> ended) { return ended && now - *ended <= untold_for; };
  for (const auto& server : checkpoint.servers) parts.add(model::ServerChanged{server});
  const auto& open = checkpoint.open_sessions;
  for (std::size_t i = open.size() - std::min(open.size(), most_told_again); i < open.size(); ++i)
    parts.add(model::SessionOpened{open[i].session});
  for (const auto& row : checkpoint.recently_closed) {
    if (is_late(row.session.closed_at)) parts.add(model::SessionClosed{row.session});
  }
  for (const auto& agent : checkpoint.agents) parts.add(model::AgentChanged{agent});
  for (const auto& incident : checkpoint.incidents) {
    if (incident.state != model::IncidentState::resolved || is_late(incident.resolved_at))
      parts.add(model::IncidentChanged{incident});
  }
  return parts.take();
}

}  // namespace davylamp::app
