#include "store/sql/nodes.hpp"

#include "store/sql/limits_rows.hpp"
#include "store/sql/row.hpp"

namespace davylamp::sql {

std::vector<model::Node> Nodes::nodes() {
  Statement rows(connection_, "SELECT " + column_list<model::Node>() + " FROM nodes ORDER BY name");
  std::vector<model::Node> all;
  while (rows.step()) all.push_back(read_row<model::Node>(rows));
  return all;
}

std::optional<model::Node> Nodes::node_of(const std::string& token_hash) {
  Statement row(connection_, "SELECT " + column_list<model::Node>() + " FROM nodes WHERE token_hash = ?1");
  row.bind_all(token_hash);
  if (!row.step()) return std::nullopt;
  return read_row<model::Node>(row);
}

void Nodes::enrol(const model::Node& node, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  run(connection_,
      "INSERT INTO nodes (name, token_hash, enrolled_at, enrolled_by) VALUES (?1, ?2, ?3, ?4) "
      "ON CONFLICT (name) DO UPDATE SET token_hash = excluded.token_hash, enrolled_at = excluded.enrolled_at, "
      "enrolled_by = excluded.enrolled_by",
      node.name, node.token_hash, node.enrolled_at, node.enrolled_by);
  insert_audit(connection_, audit);
  transaction.commit();
}

void Nodes::note(const model::Node& node) {
  Transaction transaction(connection_, Unit::write);
  run(connection_, "UPDATE nodes SET last_seen_at = ?2, version = ?3, skew_ms = ?4, connected_to = ?5 WHERE name = ?1",
      node.name, node.last_seen_at, node.version, node.skew_ms, node.connected_to);
  transaction.commit();
}

base::Result<void> Nodes::remove_node(const std::string& name, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  if (run(connection_, "DELETE FROM nodes WHERE name = ?1", name) == 0)
    return base::fail("not_found", "there is no node " + name);
  insert_audit(connection_, audit);
  transaction.commit();
  return {};
}

}  // namespace davylamp::sql
