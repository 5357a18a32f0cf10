#include "store/sql/attempt_writer.hpp"

#include "store/sql/row.hpp"

namespace davylamp::sql {
namespace {

int columns() {
  int count = 2;
  for_each_column<model::AttemptCount>([&](const std::string&) { ++count; });
  return count;
}

}  // namespace

AttemptWriter::AttemptWriter(Connection& connection)
    : raise_(
          connection, "INSERT INTO attempts (source_id, boot, " + column_list<model::AttemptCount>() + ") VALUES",
          columns(),
          "ON CONFLICT (hour_at, source_id, boot, number) DO UPDATE SET count = max(attempts.count, excluded.count), "
          "first_at = min(attempts.first_at, excluded.first_at), last_at = max(attempts.last_at, excluded.last_at)") {}

// Boots are random bits: kept as they are, not clamped.
void AttemptWriter::write(const std::vector<contract::StoredAttempt>& attempts, SessionWriter& sources) {
  std::vector<Row> rows;
  rows.reserve(attempts.size());
  for (const auto& stored : attempts) {
    const bool same = !rows.empty() && rows.back().stored->source == stored.source;
    rows.push_back({&stored, same ? rows.back().source : sources.source_id(stored.source)});
  }
  const auto bind_attempt = [](Statement& row, int index, const Row& item) {
    row.bind_from(index, item.source, static_cast<std::int64_t>(item.stored->boot));
    bind_row(row, index + 2, item.stored->attempt);
  };
  raise_.write_apart(std::span<const Row>(rows), bind_attempt, [](const Row& item) {
    return std::tuple(item.source, item.stored->boot, item.stored->attempt.hour_at, item.stored->attempt.number);
  });
}

}  // namespace davylamp::sql
