#include "store/postgres/heartbeat_journal.hpp"

#include "base/codec_read.hpp"
#include "model/heartbeat.hpp"
#include "store/postgres/connection.hpp"
#include "store/sql/bulk_insert.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::postgres {
namespace {

// What is forgotten in one transaction, and in one call.
constexpr std::uint64_t forget_slice = 5'000;
constexpr std::uint64_t most_forgotten = 200'000;

class HeartbeatJournal final : public contract::HeartbeatJournal {
 public:
  explicit HeartbeatJournal(const Config& config)
      : connection_(config),
        boot_(load_boot()),
        insert_(connection_, "INSERT INTO heartbeats (number, received_at, heartbeat) VALUES", 3, ""),
        take_(connection_, "UPDATE journal SET last = last + ?1 RETURNING last"),
        read_(connection_, "SELECT number, heartbeat FROM heartbeats WHERE number > ?1 ORDER BY number LIMIT ?2"),
        forget_(connection_,
                "DELETE FROM heartbeats WHERE number IN (SELECT number FROM heartbeats WHERE number <= ?1 AND "
                "received_at < ?2 ORDER BY number LIMIT ?3)") {}

  std::uint64_t boot() override { return boot_; }

  // The row of the last number stays locked until the commit: the next to append goes on after it.
  void append(std::vector<model::Heartbeat>& heartbeats) override {
    if (heartbeats.empty()) return;
    const auto count = static_cast<std::uint64_t>(heartbeats.size());
    sql::Transaction transaction(connection_, sql::Unit::batch);
    take_.bind_all(count);
    take_.step();
    auto number = take_.get<std::uint64_t>(0) - count;
    take_.reset();
    for (auto& heartbeat : heartbeats) heartbeat.number = ++number;
    insert_.write(std::span<const model::Heartbeat>(heartbeats),
                  [](sql::Statement& row, int index, const model::Heartbeat& heartbeat) {
                    row.bind_from(index, heartbeat.number, heartbeat.received_at.time_since_epoch().count(), heartbeat);
                  });
    transaction.commit();
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
  // Made by whoever is first.
  std::uint64_t load_boot() {
    sql::Transaction transaction(connection_, sql::Unit::batch);
    connection_.lock(SharedLock::heartbeats);
    sql::Statement make(connection_,
                        "INSERT INTO journal (boot, last) SELECT CAST(floor(random() * 9007199254740990) AS BIGINT) + "
                        "1, 0 WHERE NOT EXISTS (SELECT 1 FROM journal)");
    make.run();
    sql::Statement row(connection_, "SELECT boot FROM journal");
    row.step();
    const auto boot = static_cast<std::uint64_t>(row.integer(0));
    transaction.commit();
    return boot;
  }

  Connection connection_;
  std::uint64_t boot_;
  sql::BulkInsert insert_;
  sql::Statement take_;
  sql::Statement read_;
  sql::Statement forget_;
};

}  // namespace

std::unique_ptr<contract::HeartbeatJournal> open_journal(const Config& config) {
  return std::make_unique<HeartbeatJournal>(config);
}

}  // namespace davylamp::postgres
