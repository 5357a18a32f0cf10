#include "store/postgres/shard_leases.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "store/postgres/connection.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::postgres {
namespace {

class ShardLeases final : public contract::ShardLeases {
 public:
  explicit ShardLeases(const Config& config) : connection_(config, {.statement_seconds = 5, .lock_seconds = 2}) {}

  contract::LeaseAnswer renew(const std::string& worker, std::uint32_t shards, base::Milliseconds life) override {
    sql::Transaction transaction(connection_, sql::Unit::batch);
    connection_.lock(SharedLock::leases);
    const auto now = now_ms();
    refuse_other_division(worker, shards, now);
    const bool was_alive = is_alive(worker, now);
    note_alive(worker, shards, now + life.count());
    contract::LeaseAnswer answer;
    answer.workers = alive(now);
    run("UPDATE shard_leases SET expires_ms = ?2 WHERE holder = ?1", worker, now + life.count());
    const auto fair = (shards + answer.workers - 1) / answer.workers;
    const auto held = held_by(worker, shards).size();
    if (held < fair)
      take(worker, {.shards = shards, .most = fair - held, .over = was_alive ? now : 0, .expires = now + life.count()});
    answer.held = held_by(worker, shards);
    for (std::size_t i = fair; i < answer.held.size(); ++i) answer.release.push_back(answer.held[i].index);
    transaction.commit();
    return answer;
  }

  void release(const std::string& worker, const contract::HeldShard& shard) override {
    run("UPDATE shard_leases AS l SET holder = NULL, expires_ms = 0 FROM shards AS s WHERE s.index = l.index AND "
        "l.index = ?2 AND l.holder = ?1 AND s.epoch = ?3",
        worker, shard.index, shard.epoch);
  }

  void leave(const std::string& worker) override {
    sql::Transaction transaction(connection_, sql::Unit::batch);
    connection_.lock(SharedLock::leases);
    run("UPDATE shard_leases SET holder = NULL, expires_ms = 0 WHERE holder = ?1", worker);
    run("DELETE FROM workers WHERE name = ?1", worker);
    transaction.commit();
  }

 private:
  struct Taking {
    std::uint32_t shards = 1;
    std::size_t most = 0;
    std::int64_t over = 0;  // leases that ran out by then may be taken
    std::int64_t expires = 0;
  };

  template <class... T>
  void run(std::string_view sql, const T&... values) {
    sql::Statement statement(connection_, sql);
    statement.bind_all(values...);
    statement.run();
  }

  // Of this moment, not of the transaction's beginning: it may have waited for the lock.
  std::int64_t now_ms() {
    sql::Statement row(connection_, "SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT)");
    row.step();
    return row.integer(0);
  }

  void refuse_other_division(const std::string& worker, std::uint32_t shards, std::int64_t now) {
    sql::Statement other(connection_,
                         "SELECT name, shards FROM workers WHERE name != ?1 AND shards != ?2 AND expires_ms > ?3 "
                         "ORDER BY name LIMIT 1");
    other.bind_all(worker, shards, now);
    if (!other.step()) return;
    throw base::Failure("shards", "the worker \"" + base::printable(other.text(0)) + "\" divides the work into " +
                                      std::to_string(other.integer(1)) + " shards and this one into " +
                                      std::to_string(shards) +
                                      ": set bus.shards to the same number everywhere, and stop all workers before "
                                      "you change it");
  }

  void note_alive(const std::string& worker, std::uint32_t shards, std::int64_t expires) {
    run("INSERT INTO workers (name, shards, expires_ms) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET "
        "shards = excluded.shards, expires_ms = excluded.expires_ms",
        worker, shards, expires);
  }

  bool is_alive(const std::string& worker, std::int64_t now) {
    sql::Statement row(connection_, "SELECT 1 FROM workers WHERE name = ?1 AND expires_ms > ?2");
    row.bind_all(worker, now);
    return row.step();
  }

  // Who is silent for a day is forgotten.
  std::uint32_t alive(std::int64_t now) {
    run("DELETE FROM workers WHERE expires_ms < ?1", now - 86'400'000);
    sql::Statement count(connection_, "SELECT count(*) FROM workers WHERE expires_ms > ?1");
    count.bind_all(now);
    count.step();
    return count.get<std::uint32_t>(0);
  }

  std::vector<contract::HeldShard> held_by(const std::string& worker, std::uint32_t shards) {
    sql::Statement rows(connection_,
                        "SELECT l.index, s.epoch FROM shard_leases AS l JOIN shards AS s ON s.index = l.index WHERE "
                        "l.holder = ?1 AND l.index < ?2 ORDER BY l.index");
    rows.bind_all(worker, shards);
    std::vector<contract::HeldShard> held;
    while (rows.step()) held.push_back({rows.get<std::uint32_t>(0), rows.get<std::uint64_t>(1)});
    return held;
  }

  // One whose row a commit has locked is passed over: the next call comes soon.
  void take(const std::string& worker, const Taking& taking) {
    run("INSERT INTO shards (index, epoch) SELECT n, 0 FROM generate_series(0, CAST(?1 AS BIGINT) - 1) AS n ON "
        "CONFLICT DO NOTHING",
        taking.shards);
    sql::Statement free(connection_,
                        "SELECT s.index FROM shards AS s LEFT JOIN shard_leases AS l ON l.index = s.index WHERE "
                        "s.index < ?1 AND (l.holder IS NULL OR l.expires_ms <= ?2) ORDER BY s.index LIMIT ?3 FOR "
                        "UPDATE OF s SKIP LOCKED");
    free.bind_all(taking.shards, taking.over, static_cast<std::uint64_t>(taking.most));
    std::vector<std::uint32_t> taken;
    while (free.step()) taken.push_back(free.get<std::uint32_t>(0));
    for (const auto index : taken) {
      run("UPDATE shards SET epoch = epoch + 1 WHERE index = ?1", index);
      run("INSERT INTO shard_leases (index, holder, expires_ms) VALUES (?1, ?2, ?3) ON CONFLICT (index) DO UPDATE SET "
          "holder = excluded.holder, expires_ms = excluded.expires_ms",
          index, worker, taking.expires);
    }
  }

  Connection connection_;
};

}  // namespace

std::unique_ptr<contract::ShardLeases> open_leases(const Config& config) {
  return std::make_unique<ShardLeases>(config);
}

}  // namespace davylamp::postgres
