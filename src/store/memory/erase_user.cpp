#include "store/memory/erase_user.hpp"

#include <algorithm>
#include <set>

#include "model/incident_subject.hpp"
#include "store/limits_rules.hpp"
#include "store/stored_form.hpp"

namespace davylamp::memory {
namespace {

// The bytes stay in the sums of servers, under no name.
std::uint64_t unname(UserTraffic& tier, const std::string& user) {
  std::uint64_t rows = 0;
  for (auto row = tier.begin(); row != tier.end();) {
    const auto& [at, name, server] = row->first;
    if (name != user) {
      ++row;
      continue;
    }
    auto& sum = tier[{at, "", server}];
    sum = {store::saturating_sum(sum.rx_bytes, row->second.rx_bytes),
           store::saturating_sum(sum.tx_bytes, row->second.tx_bytes)};
    row = tier.erase(row);
    ++rows;
  }
  return rows;
}

std::uint64_t erase_rules(Tables& tables, const std::string& user) {
  std::set<std::uint64_t> own;
  for (const auto& [id, limit] : tables.limits) {
    if (limit.subject_kind == model::LimitSubject::user && limit.subject == user) own.insert(id);
  }
  const auto is_theirs = [&](const auto& row) { return row.second.user == user || own.contains(row.second.limit_id); };
  std::uint64_t rows = std::erase_if(tables.grants, is_theirs);
  rows += std::erase_if(tables.resets, is_theirs);
  rows += std::erase_if(tables.usage_periods, is_theirs);
  rows += std::erase_if(tables.limits, [&](const auto& row) { return own.contains(row.first); });
  rows += tables.blocks.erase(user);
  for (auto& [name, group] : tables.groups) rows += std::erase(group.members, user);
  return rows;
}

std::uint64_t erase_alerts(Tables& tables, const std::string& user) {
  const auto is_theirs = [&](const auto& row) {
    return row.second.subject == user && model::is_of_user(row.second.condition);
  };
  std::uint64_t rows = std::erase_if(tables.deliveries, [&](const auto& row) {
    const auto incident = tables.incidents.find(row.second.incident_id);
    return incident != tables.incidents.end() && is_theirs(*incident);
  });
  rows += std::erase_if(tables.incidents, is_theirs);
  std::uint64_t rules = std::erase_if(tables.rules, is_theirs);
  rules += std::erase_if(tables.silences, [&](const auto& row) {
    const auto& silence = row.second;
    return silence.subject == user && (!silence.condition || model::is_of_user(*silence.condition));
  });
  if (rules > 0) ++tables.alerting_revision;
  return rows + rules;
}

}  // namespace

base::Result<std::uint64_t> erase_user(Tables& tables, const std::string& user) {
  if (user.empty()) return store::nameless_user();
  std::set<model::SessionId> sessions;
  for (const auto& [id, stored] : tables.sessions) {
    if (stored.session.user != user) continue;
    if (stored.session.state == model::SessionState::open) return store::user_in_use(user);
    sessions.insert(id);
  }
  std::uint64_t rows = std::erase_if(tables.sessions, [&](const auto& row) { return sessions.contains(row.first); });
  rows += std::erase_if(tables.endpoints, [&](const auto& row) { return sessions.contains(row.first.first); });
  rows += std::erase_if(tables.traffic_minute, [&](const auto& row) { return sessions.contains(row.first.second); });
  rows += std::erase_if(tables.events, [&](const auto& row) {
    const auto& event = row.second;
    return event.user == user || (event.session_id && sessions.contains(*event.session_id));
  });
  rows += unname(tables.traffic_hour, user) + unname(tables.traffic_day, user);
  rows += tables.users.erase(user);
  rows += std::erase_if(tables.attempts, [&](const auto& row) { return row.second.user == user; });
  rows += erase_rules(tables, user);
  rows += erase_alerts(tables, user);
  for (auto& entry : tables.audit) {
    if (store::is_about_user(entry, user)) entry = store::without_details(entry);
  }
  return rows;
}

}  // namespace davylamp::memory
