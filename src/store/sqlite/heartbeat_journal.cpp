#include "store/sqlite/heartbeat_journal.hpp"

#include <filesystem>

#include "base/codec_read.hpp"
#include "store/sql/bulk_insert.hpp"
#include "store/sql/row.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/migrations.hpp"

namespace davylamp::sqlite {

using sql::BulkInsert;
namespace {

// `received_at` and what is in a heartbeat are milliseconds and the codec's JSON: written once, read once or never.
constexpr Migration migrations[] = {
    {1, "heartbeats",
     "CREATE TABLE journal (boot INTEGER NOT NULL) STRICT;"
     "INSERT INTO journal (boot) VALUES (random() | 1);"
     "CREATE TABLE heartbeats (number INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, heartbeat TEXT NOT NULL) "
     "STRICT;"}};

// What is forgotten in one transaction, so that who appends never waits long, and in one call.
constexpr std::uint64_t forget_slice = 5'000;
constexpr std::uint64_t most_forgotten = 200'000;

std::uint64_t load_number(Connection& connection, std::string_view sql) {
  Statement row(connection, sql);
  row.step();
  return static_cast<std::uint64_t>(row.integer(0));
}

class HeartbeatJournal final : public contract::HeartbeatJournal {
 public:
  explicit HeartbeatJournal(const std::string& path)
      : connection_(path, Access::write),
        boot_(make(connection_)),
        last_(load_number(connection_, "SELECT max(number) FROM heartbeats")),
        insert_(connection_, "INSERT INTO heartbeats (number, received_at, heartbeat) VALUES", 3, ""),
        read_(connection_, "SELECT number, heartbeat FROM heartbeats WHERE number > ?1 ORDER BY number LIMIT ?2"),
        forget_(connection_,
                "DELETE FROM heartbeats WHERE number IN (SELECT number FROM heartbeats WHERE number <= ?1 AND "
                "received_at < ?2 AND number < (SELECT max(number) FROM heartbeats) ORDER BY number LIMIT ?3)") {}

  std::uint64_t boot() override { return boot_; }

  void append(std::vector<model::Heartbeat>& heartbeats) override {
    if (heartbeats.empty()) return;
    auto number = last_;
    Transaction transaction(connection_, Unit::write);
    for (auto& heartbeat : heartbeats) heartbeat.number = ++number;
    insert_.write(std::span<const model::Heartbeat>(heartbeats),
                  [](Statement& row, int index, const model::Heartbeat& heartbeat) {
                    row.bind_from(index, heartbeat.number, heartbeat.received_at.time_since_epoch().count(), heartbeat);
                  });
    transaction.commit();
    last_ = number;
  }

  // One that this version does not understand is passed over: it must not hold up those behind it.
  std::vector<model::Heartbeat> read(std::uint64_t after, std::size_t most) override {
    std::vector<model::Heartbeat> heartbeats;
    for (bool more = true; more && heartbeats.empty();) {
      more = false;
      read_.bind_all(after, static_cast<std::uint64_t>(most));
      while (read_.step()) {
        more = most > 0;
        after = read_.get<std::uint64_t>(0);
        auto heartbeat = base::json::read<model::Heartbeat>(read_.text_view(1));
        if (!heartbeat) continue;
        heartbeat->number = after;
        heartbeats.push_back(std::move(*heartbeat));
      }
      read_.reset();
    }
    return heartbeats;
  }

  // The newest row stays: it tells where the numbers go on.
  std::uint64_t forget(std::uint64_t number, base::Time before) override {
    std::uint64_t removed = 0;
    while (removed < most_forgotten) {
      forget_.bind_all(number, before.time_since_epoch().count(), forget_slice);
      const auto rows = static_cast<std::uint64_t>(forget_.run());
      removed += rows;
      if (rows < forget_slice) break;
    }
    return removed;
  }

 private:
  // FULL: a commit is on the disk when it returns. The log goes into the file every 16 MB.
  static std::uint64_t make(Connection& connection) {
    connection.run("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;");
    migrate(connection, migrations);
    return load_number(connection, "SELECT boot FROM journal");
  }

  Connection connection_;
  std::uint64_t boot_;
  std::uint64_t last_;
  BulkInsert insert_;
  Statement read_;
  Statement forget_;
};

}  // namespace

std::string journal_path(const std::string& database) {
  return (std::filesystem::path(database).parent_path() / "heartbeats.db").string();
}

std::unique_ptr<contract::HeartbeatJournal> open_journal(const std::string& path) {
  return std::make_unique<HeartbeatJournal>(path);
}

}  // namespace davylamp::sqlite
