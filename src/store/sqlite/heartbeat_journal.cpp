#include "store/sqlite/heartbeat_journal.hpp"

#include <filesystem>

#include "store/sql/heartbeat_rows.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/migrations.hpp"

namespace davylamp::sqlite {
namespace {

constexpr Migration migrations[] = {
    {1, "heartbeats",
     "CREATE TABLE journal (boot INTEGER NOT NULL) STRICT;"
     "INSERT INTO journal (boot) VALUES (random() | 1);"
     "CREATE TABLE heartbeats (number INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, heartbeat TEXT NOT NULL) "
     "STRICT;"}};

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
        rows_(connection_, "AND number < (SELECT max(number) FROM heartbeats)") {}

  std::uint64_t boot() override { return boot_; }

  void append(std::vector<model::Heartbeat>& heartbeats) override {
    if (heartbeats.empty()) return;
    Transaction transaction(connection_, Unit::write);
    const auto last = rows_.write(heartbeats, last_);
    transaction.commit();
    last_ = last;
  }

  std::vector<model::Heartbeat> read(std::uint64_t after, std::size_t most) override { return rows_.read(after, most); }
  // The newest row stays: it tells where the numbers go on.
  std::uint64_t forget(std::uint64_t number, base::Time before) override { return rows_.forget(number, before); }

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
  sql::HeartbeatRows rows_;
};

}  // namespace

std::string journal_path(const std::string& database) {
  return (std::filesystem::path(database).parent_path() / "heartbeats.db").string();
}

std::unique_ptr<contract::HeartbeatJournal> open_journal(const std::string& path) {
  return std::make_unique<HeartbeatJournal>(path);
}

}  // namespace davylamp::sqlite
