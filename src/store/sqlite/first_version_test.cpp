// A database of the first version, with something in every table, is opened by this one.
#include <gtest/gtest.h>

#include "base/testing/temporary_directory.hpp"
#include "contract/testing/store_samples.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::sqlite {
namespace {

constexpr std::string_view life = R"sql(
INSERT INTO meta VALUES ('last_batch', 12), ('next_session_id', 3), ('next_event_id', 2), ('signing_key', x'00ff');
INSERT INTO sources (id, node, kind, name, boot, sequence) VALUES (1, 'node', 'openvpn', 'udp', -1, 5);
INSERT INTO sessions (id, source_id, peer, server, source, user, transport, opened_at, last_seen_at, closed_at,
  end_reason, state, adopted, final, rx_bytes, tx_bytes, rx_bps, tx_bps)
VALUES (1, 1, '1/1', 'udp', 'openvpn', 'anna', 'udp', 1794960000, 1794960060, 1794960060, 'left', 'closed', 0, 1, 3, 4,
  0, 0), (2, 1, '1/2', 'udp', 'openvpn', CAST(x'ff' AS TEXT), '', 1794960000, 1794960000, NULL, NULL, 'open', 0, 0, 0, 0, 0, 0);
INSERT INTO endpoints (session_id, real_address, real_port, first_seen_at, last_seen_at)
VALUES (1, '192.0.2.1', 5, 1794960000, 1794960060);
INSERT INTO traffic_minute VALUES (1794960000, 1, 3, 4);
INSERT INTO traffic_hour VALUES (1794960000, 'anna', 'udp', 3, 4);
INSERT INTO traffic_day VALUES (1794960000, 'anna', 'udp', 3, 4);
INSERT INTO load_minute VALUES (1794960000, 'udp', 3, 4, 2);
INSERT INTO load_hour VALUES (1794960000, 'udp', 3, 4, 2);
INSERT INTO load_day VALUES (1794960000, 'udp', 3, 4, 2);
INSERT INTO peak_hour VALUES (1794960000, 2);
INSERT INTO peak_day VALUES (1794960000, 2);
INSERT INTO users (user, sessions, rx_bytes, tx_bytes, first_seen_at, last_seen_at, latest_session_id)
VALUES ('anna', 1, 3, 4, 1794960000, 1794960060, 1);
INSERT INTO servers (name, source, state, health, since_at, sessions, rx_bytes, tx_bytes, lab, problems)
VALUES ('udp', 'openvpn', 'up', 'It answers.', 1794960000, 1, 3, 4, 1, 0);
INSERT INTO events (id, at, kind, server, user, session_id, text)
VALUES (1, 1794960000, 'session_opened', 'udp', 'anna', 1, 'anna came');
INSERT INTO accounts VALUES ('root', 'admin', 'hash', 1794960000, NULL);
INSERT INTO refresh_tokens VALUES ('t', 'f', 'root', 1794990000, NULL);
INSERT INTO audit (at, account, action, subject, remote_address) VALUES (1794960000, 'root', 'login', 'root', '::1');
)sql";

std::map<std::string, std::int64_t> rows_by_table(Connection& connection) {
  std::map<std::string, std::int64_t> rows;
  Statement tables(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'");
  while (tables.step()) {
    Statement count(connection, "SELECT count(*) FROM " + tables.text(0));
    count.step();
    rows[tables.text(0)] = count.integer(0);
  }
  return rows;
}

TEST(SqliteFirstVersion, OpensWithEverythingInItsPlace) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("davylamp.db");
  std::map<std::string, std::int64_t> before;
  {
    Connection connection(path, Access::write);
    migrate(connection, embedded_migrations().first(1));
    connection.run(std::string(life));
    before = rows_by_table(connection);
  }
  const auto store = open({.path = path});
  Connection connection(path, Access::read);
  auto after = rows_by_table(connection);
  EXPECT_EQ(after.at("schema_migrations"), static_cast<std::int64_t>(embedded_migrations().size()));
  for (const auto& [table, rows] : before) {
    EXPECT_GT(rows, 0) << table;
    if (table != "schema_migrations") EXPECT_EQ(after.at(table), rows) << table;
  }
  const auto checkpoint = store->writer()->load_checkpoint();
  EXPECT_EQ(checkpoint.last_batch, 12U);
  EXPECT_EQ(checkpoint.open_sessions.at(0).session.user, "\xff");
  EXPECT_EQ(checkpoint.recently_closed.at(0).session.id, 1U);
  EXPECT_EQ(checkpoint.servers.at(0).health, "It answers.");
  EXPECT_TRUE(checkpoint.servers.at(0).warnings.empty());
  EXPECT_EQ(checkpoint.servers.at(0).dco, std::nullopt);
  EXPECT_EQ(store->accounts()->audit(1).at(0).reason, "");
  EXPECT_EQ(store->accounts()->signing_key("new"), std::string("\0\xff", 2));
  EXPECT_EQ(store->writer()->usage(contract::testing::at(0)).at(0).bytes, (model::Counters{3, 4}));
  EXPECT_EQ(store->limits()->limits().revision, 0U);
}

}  // namespace
}  // namespace davylamp::sqlite
