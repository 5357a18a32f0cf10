#include "store/sql/audit.hpp"

#include "store/audit_chain.hpp"
#include "store/sql/limits_rows.hpp"
#include "store/sql/row.hpp"

namespace davylamp::sql {
namespace {

// Where the chain ends, and the newest line that was forgotten.
constexpr std::string_view end_name = "audit_end";
constexpr std::string_view cut_name = "audit_cut";

store::ChainEnd load(Connection& connection, std::string_view name) {
  Statement row(connection,
                "SELECT value FROM " + std::string(connection.dialect().secrets_table) + " WHERE name = ?1");
  row.bind_all(name);
  if (!row.step()) return {};
  const auto end = store::parse_chain_end(row.text_view(0));
  return end.value_or(store::ChainEnd{});
}

void save(Connection& connection, std::string_view name, const store::ChainEnd& end) {
  const std::string secrets(connection.dialect().secrets_table);
  const auto text = store::to_text(end);
  Statement row(connection, "INSERT INTO " + secrets +
                                " (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = "
                                "excluded.value");
  row.bind(1, name);
  row.bind_blob(2, text);
  row.run();
}

// The row of the end is the lock: who holds it writes the next line.
void lock_end(Connection& connection) {
  const std::string secrets(connection.dialect().secrets_table);
  const auto none = store::to_text({});
  Statement row(connection, "INSERT INTO " + secrets +
                                " (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = " + secrets +
                                ".value");
  row.bind(1, end_name);
  row.bind_blob(2, none);
  row.run();
}

}  // namespace

void insert_audit(Connection& connection, const model::AuditEntry& entry) {
  lock_end(connection);
  const auto line = store::chained(load(connection, end_name), entry);
  Statement row(connection, "INSERT INTO audit (" + column_list<model::AuditEntry>() + ") VALUES (" +
                                parameter_list<model::AuditEntry>() + ")");
  bind_row(row, 1, line);
  row.run();
  save(connection, end_name, {line.number, line.hash});
}

std::uint64_t forget_audit(Connection& connection, base::Time before, std::uint64_t limit) {
  std::int64_t last_id = 0;
  std::uint64_t lines = 0;
  store::ChainEnd cut;
  {
    Statement oldest(connection, "SELECT id, at, number, hash FROM audit ORDER BY id LIMIT ?1");
    oldest.bind_all(limit);
    while (oldest.step()) {
      if (oldest.get<base::Time>(1) >= before) break;
      last_id = oldest.integer(0);
      cut = {oldest.get<std::uint64_t>(2), oldest.text(3)};
      ++lines;
    }
  }
  if (lines == 0) return 0;
  run(connection, "DELETE FROM audit WHERE id <= ?1", last_id);
  if (cut.number > 0) save(connection, cut_name, cut);
  return lines;
}

model::AuditCheck check_audit(Connection& connection) {
  Transaction transaction(connection, Unit::read);
  store::ChainCheck check(load(connection, cut_name));
  const auto end = load(connection, end_name);
  Statement lines(connection, "SELECT " + column_list<model::AuditEntry>() + " FROM audit ORDER BY id");
  while (lines.step()) check.look_at(read_row<model::AuditEntry>(lines));
  return check.result(end);
}

}  // namespace davylamp::sql
