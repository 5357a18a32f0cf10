#include "store/memory/forget.hpp"

namespace davylamp::memory {
namespace {

class Forgetting {
 public:
  explicit Forgetting(const ForgetRequest& request) : request_(request) {}
  std::uint64_t removed() const { return removed_; }

  // Removes what `time_of` says is older than `kept` allows, as far as the limit goes. No time, not old.
  template <class Table, class TimeOf>
  void remove(Table& table, base::Seconds kept, TimeOf time_of) {
    if (kept.count() == 0) return;
    for (auto row = table.begin(); row != table.end() && removed_ < request_.limit;) {
      const std::optional<base::Time> at = time_of(*row);
      if (at && *at < base::floor_to(request_.now - kept, base::Seconds(1))) {
        row = table.erase(row);
        ++removed_;
      } else {
        ++row;
      }
    }
  }

  // The oldest lines of the audit log, up to the first that is to stay.
  void remove_lines(Tables& tables, base::Seconds kept) {
    if (kept.count() == 0) return;
    const auto before = base::floor_to(request_.now - kept, base::Seconds(1));
    while (!tables.audit.empty() && tables.audit.front().at < before && removed_ < request_.limit) {
      tables.audit_cut = {tables.audit.front().number, tables.audit.front().hash};
      tables.audit.erase(tables.audit.begin());
      ++removed_;
    }
  }

 private:
  const ForgetRequest& request_;
  std::uint64_t removed_ = 0;
};

}  // namespace

std::uint64_t forget(Tables& tables, const ForgetRequest& request) {
  Forgetting forgetting(request);
  const auto& kept = request.retention;
  const auto first_of_key = [](const auto& row) { return row.first.first; };
  const auto first_of_three = [](const auto& row) { return std::get<0>(row.first); };
  const auto key = [](const auto& row) { return row.first; };
  forgetting.remove(tables.traffic_minute, kept.minutes, first_of_key);
  forgetting.remove(tables.load_minute.loads, kept.minutes, first_of_key);
  forgetting.remove(tables.traffic_hour, kept.hours, first_of_three);
  forgetting.remove(tables.load_hour.loads, kept.hours, first_of_key);
  forgetting.remove(tables.load_hour.peaks, kept.hours, key);
  forgetting.remove(tables.agent_hours, kept.hours, first_of_key);
  forgetting.remove(tables.traffic_day, kept.days, first_of_three);
  forgetting.remove(tables.load_day.loads, kept.days, first_of_key);
  forgetting.remove(tables.load_day.peaks, kept.days, key);
  forgetting.remove(tables.usage_periods, kept.days, [](const auto& row) { return row.second.end_at; });
  forgetting.remove(tables.endpoints, kept.sessions, [&](const auto& row) -> std::optional<base::Time> {
    const auto session = tables.sessions.find(row.first.first);
    return session == tables.sessions.end() ? std::nullopt : session->second.session.closed_at;
  });
  forgetting.remove(tables.sessions, kept.sessions, [&](const auto& row) -> std::optional<base::Time> {
    const auto endpoint = tables.endpoints.lower_bound({row.first, {}});
    const bool has_endpoint = endpoint != tables.endpoints.end() && endpoint->first.first == row.first;
    return has_endpoint ? std::nullopt : row.second.session.closed_at;
  });
  forgetting.remove(tables.events, kept.events, [](const auto& row) { return row.second.at; });
  forgetting.remove(tables.attempts, kept.events, [](const auto& row) { return std::get<0>(row.first); });
  forgetting.remove(tables.deliveries, kept.events, [](const auto& row) -> std::optional<base::Time> {
    const bool waits = row.second.state == model::DeliveryState::waiting;
    return waits ? std::nullopt : std::optional(row.second.made_at);
  });
  forgetting.remove(tables.incidents, kept.events, [](const auto& row) -> std::optional<base::Time> {
    const bool resolved = row.second.state == model::IncidentState::resolved;
    return resolved ? row.second.resolved_at : std::nullopt;
  });
  forgetting.remove(tables.silences, kept.events, [](const auto& row) { return row.second.ends_at; });
  forgetting.remove_lines(tables, kept.audit);
  return forgetting.removed();
}

}  // namespace davylamp::memory
