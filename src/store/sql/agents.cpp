#include "store/sql/agents.hpp"

#include "store/agents_rules.hpp"
#include "store/series.hpp"
#include "store/sql/agents_rows.hpp"
#include "store/sql/limits_rows.hpp"
#include "store/sql/row.hpp"
#include "store/sql/tier_sql.hpp"

namespace davylamp::sql {
namespace {

void remove_hours(Connection& connection, const std::string& agent) {
  Statement ends(connection, "SELECT (SELECT min(at) FROM agent_hours), (SELECT max(at) FROM agent_hours)");
  ends.step();
  if (ends.is_null(0)) return;
  run(connection,
      "DELETE FROM agent_hours WHERE agent = ?3 AND at IN (" + steps_sql(store::hour) + "SELECT step_at FROM steps)",
      ends.integer(0), ends.integer(1), agent);
}

}  // namespace

void Agents::commit(Transaction& transaction, const model::AuditEntry& audit) {
  insert_audit(connection_, audit);
  transaction.commit();
}

std::vector<model::AgentSettings> Agents::agents() {
  return load_agent_settings(connection_);
}

void Agents::put_agent(const model::AgentSettings& settings, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  Statement row(connection_, replace_sql<model::AgentSettings>("agent_settings", {"name"}));
  bind_row(row, 1, settings);
  row.run();
  commit(transaction, audit);
}

base::Result<void> Agents::remove_agent(const std::string& name, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  if (run(connection_, "DELETE FROM agent_settings WHERE name = ?1", name) == 0) return store::no_agent(name);
  remove_hours(connection_, name);
  commit(transaction, audit);
  return {};
}

std::vector<model::AgentToken> Agents::tokens() {
  Statement rows(connection_,
                 "SELECT " + column_list<model::AgentToken>() + " FROM agent_tokens ORDER BY agent, token_hash");
  std::vector<model::AgentToken> tokens;
  while (rows.step()) tokens.push_back(read_row<model::AgentToken>(rows));
  return tokens;
}

base::Result<void> Agents::insert(const model::AgentToken& token) {
  Statement agent(connection_, "SELECT 1 FROM agent_settings WHERE name = ?1");
  agent.bind_all(token.agent);
  if (!agent.step()) return store::no_agent(token.agent);
  Statement row(connection_, "INSERT INTO agent_tokens (" + column_list<model::AgentToken>() + ") VALUES (" +
                                 parameter_list<model::AgentToken>() + ") ON CONFLICT DO NOTHING");
  bind_row(row, 1, token);
  if (row.run() == 0) return store::token_exists();
  return {};
}

base::Result<void> Agents::add_token(const model::AgentToken& token, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  if (auto added = insert(token); !added) return added;
  commit(transaction, audit);
  return {};
}

base::Result<void> Agents::exchange_token(const std::string& one_time_hash, const model::AgentToken& fresh,
                                          base::Time now, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  const auto used = run(connection_,
                        "UPDATE agent_tokens SET used_at = ?3 WHERE token_hash = ?1 AND agent = ?2 AND one_time = 1 "
                        "AND used_at IS NULL AND (expires_at IS NULL OR expires_at > ?3)",
                        one_time_hash, fresh.agent, now);
  if (used == 0) return store::no_token();
  if (auto added = insert(fresh); !added) return added;
  commit(transaction, audit);
  return {};
}

std::uint64_t Agents::revoke_tokens(const std::string& agent, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  const auto revoked = run(connection_, "DELETE FROM agent_tokens WHERE agent = ?1", agent);
  commit(transaction, audit);
  return static_cast<std::uint64_t>(revoked);
}

}  // namespace davylamp::sql
