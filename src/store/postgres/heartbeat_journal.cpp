#include "store/postgres/heartbeat_journal.hpp"

#include "store/postgres/connection.hpp"
#include "store/sql/heartbeat_rows.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::postgres {
namespace {

class HeartbeatJournal final : public contract::HeartbeatJournal {
 public:
  explicit HeartbeatJournal(const Config& config)
      : connection_(config),
        boot_(load_boot()),
        rows_(connection_, ""),
        take_(connection_, "UPDATE journal SET last = last + ?1 RETURNING last") {}

  std::uint64_t boot() override { return boot_; }

  // The row of the last number stays locked until the commit: the next to append goes on after it.
  void append(std::vector<model::Heartbeat>& heartbeats) override {
    if (heartbeats.empty()) return;
    const auto count = static_cast<std::uint64_t>(heartbeats.size());
    sql::Transaction transaction(connection_, sql::Unit::batch);
    take_.bind_all(count);
    take_.step();
    const auto last = take_.get<std::uint64_t>(0) - count;
    take_.reset();
    rows_.write(heartbeats, last);
    transaction.commit();
  }

  std::vector<model::Heartbeat> read(std::uint64_t after, std::size_t most) override { return rows_.read(after, most); }
  std::uint64_t forget(std::uint64_t number, base::Time before) override { return rows_.forget(number, before); }

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
  sql::HeartbeatRows rows_;
  sql::Statement take_;
};

}  // namespace

std::unique_ptr<contract::HeartbeatJournal> open_journal(const Config& config) {
  return std::make_unique<HeartbeatJournal>(config);
}

}  // namespace davylamp::postgres
