#include "store/memory/agents.hpp"

#include <algorithm>

#include "store/agents_rules.hpp"
#include "store/stored_form.hpp"

namespace davylamp::memory {
namespace {

template <class Table>
auto rows_of(const Table& table) {
  std::vector<typename Table::mapped_type> rows;
  rows.reserve(table.size());
  for (const auto& [key, row] : table) rows.push_back(row);
  return rows;
}

}  // namespace

std::vector<model::AgentSettings> all_agent_settings(const Tables& tables) {
  return rows_of(tables.agent_settings);
}

std::vector<model::Agent> all_agents(const Tables& tables) {
  std::vector<model::Agent> all;
  for (const auto& [name, settings] : tables.agent_settings) {
    const auto state = tables.agents.find(name);
    all.push_back(state == tables.agents.end() ? model::Agent{} : state->second);
    all.back().settings = settings;
  }
  return all;
}

model::Alerting all_alerting(const Tables& tables) {
  return {.revision = tables.alerting_revision, .rules = rows_of(tables.rules), .silences = rows_of(tables.silences)};
}

std::vector<model::AgentSettings> Agents::agents() {
  const std::lock_guard lock(tables_->mutex);
  return all_agent_settings(*tables_);
}

void Agents::put_agent(const model::AgentSettings& settings, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  tables_->agent_settings.insert_or_assign(settings.name, settings);
  append_audit(*tables_, audit);
}

base::Result<void> Agents::remove_agent(const std::string& name, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  if (tables_->agent_settings.erase(name) == 0) return store::no_agent(name);
  tables_->agents.erase(name);
  std::erase_if(tables_->agent_tokens, [&](const auto& row) { return row.second.agent == name; });
  std::erase_if(tables_->agent_hours, [&](const auto& row) { return row.first.second == name; });
  append_audit(*tables_, audit);
  return {};
}

std::vector<model::AgentToken> Agents::tokens() {
  const std::lock_guard lock(tables_->mutex);
  auto tokens = rows_of(tables_->agent_tokens);
  std::ranges::sort(tokens, {}, [](const auto& token) { return std::pair(token.agent, token.token_hash); });
  return tokens;
}

base::Result<void> Agents::check(const model::AgentToken& token) const {
  if (!tables_->agent_settings.contains(token.agent)) return store::no_agent(token.agent);
  if (tables_->agent_tokens.contains(token.token_hash)) return store::token_exists();
  return {};
}

base::Result<void> Agents::add_token(const model::AgentToken& token, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  if (auto checked = check(token); !checked) return checked;
  tables_->agent_tokens.emplace(token.token_hash, store::stored_form(token));
  append_audit(*tables_, audit);
  return {};
}

base::Result<void> Agents::exchange_token(const std::string& one_time_hash, const model::AgentToken& fresh,
                                          base::Time now, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  const auto at = store::whole_seconds(now);
  const auto found = tables_->agent_tokens.find(one_time_hash);
  if (found == tables_->agent_tokens.end()) return store::no_token();
  auto& token = found->second;
  const bool over = token.expires_at && *token.expires_at <= at;
  if (!token.one_time || token.used_at || over || token.agent != fresh.agent) return store::no_token();
  if (auto checked = check(fresh); !checked) return checked;
  token.used_at = at;
  tables_->agent_tokens.emplace(fresh.token_hash, store::stored_form(fresh));
  append_audit(*tables_, audit);
  return {};
}

std::uint64_t Agents::revoke_tokens(const std::string& agent, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  append_audit(*tables_, audit);
  return std::erase_if(tables_->agent_tokens, [&](const auto& row) { return row.second.agent == agent; });
}

void Alerts::done(const model::AuditEntry& audit) {
  ++tables_->alerting_revision;
  append_audit(*tables_, audit);
}

model::Alerting Alerts::alerting() {
  const std::lock_guard lock(tables_->mutex);
  return all_alerting(*tables_);
}

std::uint64_t Alerts::add_rule(const model::AlertRule& rule, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  auto stored = rule;
  stored.id = tables_->next_rule_id++;
  tables_->rules.emplace(stored.id, stored);
  done(audit);
  return stored.id;
}

base::Result<void> Alerts::change_rule(const model::AlertRule& rule, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->rules.find(rule.id);
  if (found == tables_->rules.end()) return store::no_rule(rule.id);
  found->second = rule;
  done(audit);
  return {};
}

base::Result<void> Alerts::remove_rule(std::uint64_t id, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  if (tables_->rules.erase(id) == 0) return store::no_rule(id);
  done(audit);
  return {};
}

std::uint64_t Alerts::add_silence(const model::Silence& silence, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  auto stored = store::stored_form(silence);
  stored.id = tables_->next_silence_id++;
  tables_->silences.emplace(stored.id, stored);
  done(audit);
  return stored.id;
}

base::Result<void> Alerts::end_silence(std::uint64_t id, base::Time at, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->silences.find(id);
  if (found == tables_->silences.end()) return store::no_silence(id);
  found->second.ends_at = std::min(found->second.ends_at, store::whole_seconds(at));
  done(audit);
  return {};
}

}  // namespace davylamp::memory
