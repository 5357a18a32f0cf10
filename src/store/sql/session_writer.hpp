// Writes session rows and their endpoints.
#pragma once

#include <map>
#include <optional>
#include <unordered_map>

#include "contract/store.hpp"
#include "store/sql/bulk_insert.hpp"
#include "store/sql/session_facts.hpp"
#include "store/sql/user_writer.hpp"

namespace davylamp::sql {

class SessionWriter {
 public:
  SessionWriter(Connection& connection, const model::Shard& shard);

  // `next_id` is greater than every id of this shard's own series that is stored so far; returns the same for
  // afterwards. Sessions of other series (the work was divided otherwise when they began) may be stored or not.
  model::SessionId write(const std::vector<contract::StoredSession>& sessions, model::SessionId next_id,
                         UserWriter& users);
  void write(const std::vector<contract::EndpointSighting>& sightings);
  void write(const contract::Cursor& cursor);
  // After a transaction that was not committed: what was made in it is gone.
  void forget_what_is_stored() {
    source_ids_.clear();
    facts_.clear();
  }
  // The row of a source; made when it is not there.
  std::int64_t source_id(const model::SourceId& source);

 private:
  // A row to be written: the session, and its source's row.
  struct Row {
    const contract::StoredSession* stored;
    std::int64_t source;
    bool has_moved = false;  // it is stored as it is, but for what every report changes
  };
  // What is stored of a session.
  struct Known {
    std::string user;
    std::string peer;
    std::int64_t source;
    bool open;
  };
  // New rows, rows of open sessions that stay open, and those of which only counters moved, each once: written
  // together, before any row that may replace one of them.
  struct Gathered {
    std::vector<Row> fresh;
    std::vector<Row> kept;
    std::vector<Row> moved;
    std::unordered_map<model::SessionId, std::pair<std::vector<Row>*, std::size_t>> places;
  };
  bool is_fresh(model::SessionId id, model::SessionId next_id) const;
  std::vector<Row> rows_of(const std::vector<contract::StoredSession>& sessions);
  void insert(std::span<const Row> rows);
  UserShare replace(const Row& row, UserWriter& users);
  // As one by one, where the answers to replace() are dear.
  void write_many(std::vector<Row>& rows, model::SessionId next_id, UserWriter& users);
  void remember(std::vector<Row>& rows);
  void move(const std::vector<Row>& rows);
  std::unordered_map<model::SessionId, Known> look_up(const std::vector<Row>& rows, model::SessionId next_id);
  void gather(Gathered& gathered, std::vector<Row>& into, const Row& row);
  void flush(Gathered& gathered);
  static void bind(Statement& statement, int index, const Row& row);

  Connection& connection_;
  model::Shard shard_;
  std::map<model::SourceId, std::int64_t> source_ids_;
  BulkInsert insert_;
  BulkInsert upsert_;
  std::optional<Statement> look_up_;  // for engines that take lists
  std::optional<Statement> move_;
  FactsDigest digest_;
  std::unordered_map<model::SessionId, std::uint64_t> facts_;  // of open sessions that this writer stored
  Statement update_open_;
  Statement user_of_;
  Statement replace_;
  BulkInsert endpoint_;
  Statement source_;
  Statement source_id_;
  Statement cursor_;
};

}  // namespace davylamp::sql
