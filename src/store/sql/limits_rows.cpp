#include "store/sql/limits_rows.hpp"

#include "store/sql/engine.hpp"
#include "store/sql/row.hpp"

namespace davylamp::sql {
namespace {

template <class T>
std::vector<T> load(Connection& connection, const std::string& table, const std::string& order) {
  Statement rows(connection, "SELECT " + column_list<T>() + " FROM " + table + " ORDER BY " + order);
  std::vector<T> all;
  while (rows.step()) all.push_back(read_row<T>(rows));
  return all;
}

std::vector<model::Group> load_groups(Connection& connection) {
  std::vector<model::Group> groups;
  Statement rows(
      connection,
      "SELECT name, note, \"user\" FROM groups LEFT JOIN group_members ON group_name = name ORDER BY name, \"user\"");
  while (rows.step()) {
    if (groups.empty() || groups.back().name != rows.text_view(0))
      groups.push_back({.name = rows.text(0), .members = {}, .note = rows.text(1)});
    if (!rows.is_null(2)) groups.back().members.push_back(rows.text(2));
  }
  return groups;
}

std::vector<model::Reset> load_resets(Connection& connection) {
  std::vector<model::Reset> resets;
  Statement rows(connection,
                 "SELECT limit_id, \"user\", at, reset_by, period_start_at, forgiven_rx_bytes, forgiven_tx_bytes "
                 "FROM resets ORDER BY limit_id, \"user\"");
  while (rows.step()) {
    auto& reset = resets.emplace_back();
    reset.limit_id = rows.get<std::uint64_t>(0);
    reset.user = rows.text(1);
    reset.at = rows.get<base::Time>(2);
    reset.reset_by = rows.text(3);
    rows.read(4, reset.period_start_at);
    if (!rows.is_null(5)) reset.forgiven = {rows.get<std::uint64_t>(5), rows.get<std::uint64_t>(6)};
  }
  return resets;
}

}  // namespace

model::Limits load_limits(Connection& connection) {
  model::Limits limits;
  Statement revision(connection, "SELECT value FROM meta WHERE name = 'limits_revision'");
  if (revision.step()) limits.revision = revision.get<std::uint64_t>(0);
  limits.groups = load_groups(connection);
  limits.limits = load<model::Limit>(connection, "limits", "id");
  limits.grants = load<model::Grant>(connection, "grants", "id");
  limits.resets = load_resets(connection);
  limits.blocks = load<model::Block>(connection, "blocks", "\"user\"");
  return limits;
}

void grow_limits_revision(Connection& connection) {
  run(connection,
      "INSERT INTO meta (name, value) VALUES ('limits_revision', 1) ON CONFLICT (name) DO UPDATE SET value = "
      "meta.value + 1");
}

}  // namespace davylamp::sql
