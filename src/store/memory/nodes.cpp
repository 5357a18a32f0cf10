#include "store/memory/nodes.hpp"

#include <algorithm>

namespace davylamp::memory {

std::vector<model::Node> Nodes::nodes() {
  const std::lock_guard lock(tables_->mutex);
  std::vector<model::Node> all;
  for (const auto& [name, node] : tables_->nodes) all.push_back(node);
  return all;
}

std::optional<model::Node> Nodes::node_of(const std::string& token_hash) {
  const std::lock_guard lock(tables_->mutex);
  const auto found =
      std::ranges::find_if(tables_->nodes, [&](const auto& entry) { return entry.second.token_hash == token_hash; });
  if (found == tables_->nodes.end()) return std::nullopt;
  return found->second;
}

void Nodes::enrol(const model::Node& node, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  auto& row = tables_->nodes[node.name];
  row.name = node.name;
  row.token_hash = node.token_hash;
  row.enrolled_at = base::floor_to(node.enrolled_at, base::Seconds{1});
  row.enrolled_by = node.enrolled_by;
  append_audit(*tables_, audit);
}

void Nodes::note(const model::Node& node) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->nodes.find(node.name);
  if (found == tables_->nodes.end()) return;
  auto& row = found->second;
  row.last_seen_at = node.last_seen_at;
  if (row.last_seen_at) row.last_seen_at = base::floor_to(*row.last_seen_at, base::Seconds{1});
  row.version = node.version;
  row.skew_ms = node.skew_ms;
  row.connected_to = node.connected_to;
}

base::Result<void> Nodes::remove_node(const std::string& name, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  if (tables_->nodes.erase(name) == 0) return base::fail("not_found", "there is no node " + name);
  append_audit(*tables_, audit);
  return {};
}

}  // namespace davylamp::memory
