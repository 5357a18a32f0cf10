// Rows that go as lists, and what is written of sessions that are stored already.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "contract/testing/store_samples.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/store.hpp"
#include "store/postgres/testing/server.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::postgres {
namespace {

using contract::testing::at;
using contract::testing::closed_form;
using contract::testing::full_session;
using testing::Content;
using testing::Database;

TEST(PostgresRows, ComeAsTheyWereBound) {
  const Database database(Content::schema);
  Connection connection(database.config());
  auto rows = sql::Statement::on_rows(connection,
                                      "SELECT * FROM unnest(CAST(?1 AS BIGINT[]), CAST(?2 AS TEXT[]), CAST(?3 AS "
                                      "DOUBLE PRECISION[]), CAST(?4 AS TEXT[]))");
  const std::string odd("a\0\xff\"{},\\", 8);
  rows.bind_all(std::int64_t{1}, "never sent", 1.0);
  rows.end_row();
  for (int round = 0; round < 2; ++round) {
    rows.reset();
    rows.bind_all(std::numeric_limits<std::int64_t>::min(), "first", -0.5, std::nullopt);
    rows.bind(2, odd);
    rows.end_row();
    rows.bind_all(std::nullopt, std::string(), std::numeric_limits<double>::max());
    rows.end_row();
    rows.bind(1, std::numeric_limits<std::int64_t>::max());
    rows.end_row();
    ASSERT_TRUE(rows.step());
    EXPECT_EQ(rows.integer(0), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(rows.text(1), odd);
    EXPECT_EQ(rows.get<double>(2), -0.5);
    ASSERT_TRUE(rows.step());
    EXPECT_TRUE(rows.is_null(0));
    EXPECT_FALSE(rows.is_null(1));
    EXPECT_EQ(rows.get<double>(2), std::numeric_limits<double>::max());
    ASSERT_TRUE(rows.step());
    EXPECT_EQ(rows.integer(0), std::numeric_limits<std::int64_t>::max());
    EXPECT_TRUE(rows.is_null(1));
    EXPECT_TRUE(rows.is_null(3));
    EXPECT_FALSE(rows.step());
    rows.reset();
  }
}

struct Stored : ::testing::Test {
  Database database{Content::schema};
  std::unique_ptr<contract::Store> store = open(database.config());
  std::unique_ptr<contract::StoreWriter> writer = store->writer();
  std::uint64_t number = writer->load_checkpoint().last_batch;
  std::vector<contract::StoredSession> sessions{full_session(1), full_session(2), full_session(3)};

  void commit(std::vector<contract::StoredSession> written) {
    contract::Batch batch{.number = number + 1};
    batch.sessions = std::move(written);
    writer->commit(batch);
    ++number;
  }
  void expect_stored() {
    const auto reader = store->reader();
    for (const auto& stored : sessions) EXPECT_EQ(reader->session(stored.session.id), stored.session);
  }
  static void move(contract::StoredSession& stored, std::uint64_t bytes) {
    auto& session = stored.session;
    session.rx_bytes += bytes;
    session.rx_bps = bytes;
    session.last_seen_at = at(static_cast<int>(bytes));
    session.flows = static_cast<std::uint32_t>(bytes);
    session.evidence->asked += 1;
    session.quality.reset();
  }
};

TEST_F(Stored, SessionsMoveAndChangeTheirFacts) {
  for (auto& stored : sessions) stored.peer += "/" + database.name();
  commit(sessions);
  expect_stored();
  for (auto& stored : sessions) move(stored, 500);
  commit(sessions);
  expect_stored();
  // One moves twice in a batch, one gets another address meanwhile, one is renamed after it moved.
  auto written = sessions;
  for (auto& stored : sessions) move(stored, 700);
  sessions[1].session.real_port = 41'000;
  sessions[2].session.user = "berta";
  written.insert(written.end(), sessions.begin(), sessions.end());
  commit(written);
  expect_stored();
  move(sessions[0], 900);
  sessions[1].session = closed_form(sessions[1].session, 1'000);
  commit({sessions[0], sessions[1]});
  expect_stored();
  const auto users = store->reader()->users({}).items;
  EXPECT_EQ(users.size(), 2U);
}

TEST_F(Stored, SessionsThatVanishedAreWrittenAnew) {
  for (auto& stored : sessions) stored.peer += "/" + database.name();
  commit(sessions);
  Connection(database.config()).run("DELETE FROM sessions WHERE id = 2");
  for (auto& stored : sessions) move(stored, 500);
  EXPECT_THROW(commit(sessions), base::Failure);
  commit(sessions);
  expect_stored();
}

}  // namespace
}  // namespace davylamp::postgres
