// TimescaleDB's own ways with the tables that it divides. Where it is not installed, these are skipped.
#include "store/postgres/timescale.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "contract/testing/store_samples.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/divided_tables.hpp"
#include "store/postgres/store.hpp"
#include "store/postgres/testing/server.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::postgres {
namespace {

using contract::testing::bare_session;
using ::testing::AllOf;
using testing::Content;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Server;

constexpr std::int64_t day = 86'400;
constexpr std::int64_t minutes_of_a_day = 1'440;

class TimescaleTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!Server::has_timescale()) GTEST_SKIP() << "TimescaleDB is not installed beside PostgreSQL";
  }
  void SetUp() override {
    if (!Server::has_timescale()) GTEST_SKIP() << "TimescaleDB is not installed beside PostgreSQL";
  }

  static std::string text(const Config& config, const std::string& sql) {
    Connection connection(config);
    sql::Statement row(connection, sql);
    return row.step() ? row.text(0) : "no row";
  }
  static std::int64_t number(const Config& config, const std::string& sql) {
    return base::parse_number<std::int64_t>(text(config, sql)).value_or(-1);
  }
  static std::int64_t now() {
    return number(Server::shared().config("postgres"), "SELECT CAST(extract(epoch FROM now()) AS BIGINT)");
  }
  // What the extension's scheduler does now and then.
  static void run_policies(const Config& config) {
    Connection connection(config);
    std::vector<std::int64_t> jobs;
    {
      sql::Statement rows(
          connection, "SELECT job_id FROM timescaledb_information.jobs WHERE hypertable_name IS NOT NULL ORDER BY 1");
      while (rows.step()) jobs.push_back(rows.integer(0));
    }
    for (const auto job : jobs) connection.run("CALL run_job(" + std::to_string(job) + ")");
  }
  static std::int64_t compressed_chunks(const Config& config) {
    return number(config, "SELECT count(*) FROM timescaledb_information.chunks WHERE is_compressed");
  }

  // `sessions` that were there for the days from `from`, and moved a byte in and two out in each minute. A load each
  // hour.
  static void write_days(contract::StoreWriter& writer, std::int64_t from, int days, std::uint64_t sessions = 2) {
    contract::Batch batch{.number = writer.load_checkpoint().last_batch + 1};
    for (std::uint64_t id = 1; id <= sessions; ++id) {
      auto stored = bare_session(id);
      stored.session.user = user(id);
      stored.session.opened_at = base::from_unix_seconds(from);
      stored.session.last_seen_at = base::from_unix_seconds(from + days * day);
      stored.session.closed_at = stored.session.last_seen_at;
      stored.session.state = model::SessionState::closed;
      batch.sessions.push_back(stored);
    }
    for (std::int64_t minute = 0; minute < days * minutes_of_a_day; ++minute) {
      const auto at = base::from_unix_seconds(from + minute * 60);
      for (std::uint64_t id = 1; id <= sessions; ++id) {
        batch.traffic.push_back(
            {.at = at, .session_id = id, .server = "udp", .user = user(id), .bytes = {.rx_bytes = 1, .tx_bytes = 2}});
      }
      // Each load asks for what the others of its minute had.
      if (minute % 60 == 0) batch.loads.push_back({.at = at, .server = "udp", .sessions = sessions, .bytes = {1, 2}});
    }
    writer.commit(batch);
  }
  static std::string user(std::uint64_t id) { return id == 1 ? "anna" : "bert" + std::to_string(id); }
  static std::int64_t minutes(const Config& config, const std::string& condition = "true") {
    return number(config, "SELECT count(*) FROM traffic_minute WHERE " + condition);
  }
};

TEST_F(TimescaleTest, DividesTheTablesAndCompressesWhatIsOld) {
  const testing::Database database(Content::schema);
  const auto config = database.config();
  const auto store = open(config);
  EXPECT_EQ(
      number(config, "SELECT count(*) FROM timescaledb_information.dimensions WHERE integer_now_func = 'unix_now'"),
      static_cast<std::int64_t>(std::size(divided_tables)));
  const auto writer = store->writer();
  const auto from = now() / day * day - 4 * day;
  write_days(*writer, from, 4);
  EXPECT_EQ(
      number(config, "SELECT count(*) FROM timescaledb_information.chunks WHERE hypertable_name = 'traffic_minute'"),
      4);
  EXPECT_THAT(writer->optimize(), AllOf(HasSubstr("compresses"), Not(HasSubstr("refused"))));
  EXPECT_EQ(number(config, "SELECT CAST(sum(rx_bytes) AS BIGINT) FROM load_quarter_hour"), 4 * 24);
  EXPECT_THAT(writer->optimize(), Not(HasSubstr("refused")));
  run_policies(config);
  EXPECT_GE(compressed_chunks(config), 4);
  EXPECT_EQ(minutes(config), 2 * 4 * minutes_of_a_day);
  const auto series = store->reader()->session_traffic(1, 10'000);
  EXPECT_EQ(series.points.size(), static_cast<std::size_t>(4 * minutes_of_a_day));
  const auto end = base::from_unix_seconds(from + day);
  EXPECT_EQ(store->reader()->history({base::from_unix_seconds(from), end, 3'600, {}}).points.at(7).rx_bytes, 1U);
  // The sums go when hours go.
  const contract::Retention retention{.hours = base::Seconds(day)};
  writer->forget(base::from_unix_seconds(from + 400 * day), retention, 1'000'000);
  EXPECT_EQ(number(config, "SELECT count(*) FROM load_quarter_hour"), 0);
}

TEST_F(TimescaleTest, LateBytesGoIntoWhatIsCompressed) {
  const testing::Database database(Content::schema);
  const auto store = open(database.config());
  const auto writer = store->writer();
  const auto from = now() / day * day - 4 * day;
  write_days(*writer, from, 1, 80);
  writer->optimize();
  run_policies(database.config());
  ASSERT_EQ(compressed_chunks(database.config()), 2);
  write_days(*writer, from, 1, 80);
  EXPECT_EQ(minutes(database.config()), 80 * minutes_of_a_day);
  EXPECT_EQ(minutes(database.config(), "rx_bytes = 2 AND tx_bytes = 4"), 80 * minutes_of_a_day);
  EXPECT_EQ(store->reader()->session_traffic(7, 10'000).points.at(0).rx_bytes, 2U);
}

TEST_F(TimescaleTest, DropsWholeChunksAndLeavesTheCompressedOnesAsTheyAre) {
  const testing::Database database(Content::schema);
  const auto config = database.config();
  const auto store = open(config);
  const auto writer = store->writer();
  const auto from = now() / day * day - 6 * day;
  write_days(*writer, from, 3);
  writer->optimize();
  run_policies(config);
  ASSERT_EQ(compressed_chunks(config), 6);
  // The first day is over, of the second a part.
  const contract::Retention retention{.minutes = base::Seconds(2 * day)};
  const auto forgotten_at = base::from_unix_seconds(from + 3 * day + 3'600);
  EXPECT_EQ(writer->forget(forgotten_at, retention, 1'000'000), 2U * minutes_of_a_day + 24U);
  EXPECT_EQ(compressed_chunks(config), 4);
  EXPECT_EQ(minutes(config), 2 * 2 * minutes_of_a_day);
  EXPECT_EQ(writer->forget(forgotten_at, retention, 1'000'000), 0U);
  EXPECT_EQ(compressed_chunks(config), 4);
}

TEST_F(TimescaleTest, AnErasedUserIsErasedFromWhatIsCompressed) {
  const testing::Database database(Content::schema);
  const auto config = database.config();
  const auto store = open(config);
  const auto writer = store->writer();
  const auto from = now() / day * day - 5 * day;
  write_days(*writer, from, 2);
  writer->optimize();
  run_policies(config);
  ASSERT_EQ(compressed_chunks(config), 4);
  const auto erased = store->limits()->erase_user("anna", {.at = base::from_unix_seconds(from), .account = "root"});
  ASSERT_TRUE(erased) << erased.error().message;
  EXPECT_EQ(minutes(config, "session_id = 1"), 0);
  EXPECT_EQ(minutes(config, "session_id = 2"), 2 * minutes_of_a_day);
}

TEST_F(TimescaleTest, TheApacheEditionDividesAndDoesNotCompress) {
  const testing::Database database(Content::schema, Server::shared_apache());
  const auto config = database.config();
  const auto store = open(config);
  EXPECT_THAT(describe(config), HasSubstr("Apache edition"));
  const auto writer = store->writer();
  const auto from = now() / day * day - 5 * day;
  write_days(*writer, from, 3);
  EXPECT_THAT(writer->optimize(), HasSubstr("Apache edition"));
  run_policies(config);
  EXPECT_EQ(compressed_chunks(config), 0);
  const contract::Retention retention{.minutes = base::Seconds(2 * day)};
  // Days that are over go whole, and of the day that is not over its rows.
  EXPECT_EQ(writer->forget(base::from_unix_seconds(from + 3 * day + 3'600), retention, 1'000'000),
            2U * minutes_of_a_day + 24U + 2U * 60U + 1U);
  EXPECT_EQ(minutes(config), 2 * (2 * minutes_of_a_day - 60));
}

TEST_F(TimescaleTest, ADatabaseThatWasMadeWithoutItStaysWithout) {
  const testing::Database database;
  auto without = database.config();
  without.timescale = false;
  open(without)->writer()->optimize();
  Connection(without).run("CREATE EXTENSION timescaledb");
  const auto store = open(database.config());
  Connection connection(database.config());
  EXPECT_FALSE(has_hypertables(connection));
  const auto writer = store->writer();
  const auto from = now() / day * day - 3 * day;
  write_days(*writer, from, 1);
  EXPECT_THAT(writer->optimize(), HasSubstr("belong to none"));
  EXPECT_EQ(minutes(database.config()), 2 * minutes_of_a_day);
}

TEST_F(TimescaleTest, ADatabaseThatWasMadeWithItKeepsIt) {
  const testing::Database database;
  open(database.config());
  auto without = database.config();
  without.timescale = false;
  const auto store = open(without);
  const auto writer = store->writer();
  const auto from = now() / day * day - 3 * day;
  write_days(*writer, from, 1);
  EXPECT_THAT(writer->optimize(), HasSubstr("TimescaleDB"));
  EXPECT_EQ(minutes(without), 2 * minutes_of_a_day);
}

}  // namespace
}  // namespace davylamp::postgres
