#include "app/cli/cli_fixture.hpp"
#include "base/codec_read.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ImportCommand : public CliTest {
 protected:
  ImportCommand() {
    std::filesystem::remove(folder + "/davylamp.db");
    store = sqlite::open({.path = folder + "/davylamp.db"});
    daemon_runs = false;
    clock.set(base::from_unix_seconds(1'760'000'000));  // 2025-10-09 08:53:20
    std::filesystem::create_directory(folder + "/data");
    std::ofstream(folder + "/data/session_history.json") << R"([
 {"timestamp": "2025-10-07 10:00:00", "name": "anna", "ip": "8.8.8.8", "session_id": "s1", "rx": 1.0, "tx": 2.0,
  "session_end": "2025-10-07 11:30:00"},
 {"timestamp": "2025-10-07 12:00:00", "name": "eve\u001b[2J", "ip": "8.8.8.8", "session_id": "s2", "session_end": null}])";
    make_database();
  }
  void make_database() const {
    sqlite::Connection database(folder + "/vpn_manager.db", sqlite::Access::write);
    database.run(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT);"
        "CREATE TABLE user_quotas (id INTEGER PRIMARY KEY, user_id INTEGER UNIQUE NOT NULL, quota_bytes INTEGER NOT "
        "NULL "
        "DEFAULT 0, bytes_used INTEGER NOT NULL DEFAULT 0);"
        "CREATE TABLE traffic_logs (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, bytes_sent INTEGER NOT NULL, "
        "bytes_received INTEGER NOT NULL, log_timestamp DATETIME);"
        "INSERT INTO users VALUES (1, 'anna'), (2, 'bob');"
        "INSERT INTO user_quotas VALUES (1, 1, 5000000000, 30), (2, 2, 0, 0);"
        "INSERT INTO traffic_logs VALUES (1, 1, 20, 10, '2025-10-07 10:00:00'), (2, 7, 1, 1, '2025-10-07 10:00:00');");
  }
  boost::json::value report() const { return base::value_or_throw(base::json::parse(out)); }
};

TEST_F(ImportCommand, APanelsFolderIsTakenOverOnce) {
  const auto data = folder + "/data";
  EXPECT_EQ(run({"import", data, "--server", "udp", "--zone", "UTC", "--dry-run"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("2 records read"), HasSubstr("1 new (2.10 MB down, 1.05 MB up)"),
                         HasSubstr("refused   1"), HasSubstr("eve\\x1b[2J"), HasSubstr("Nothing was written")));
  EXPECT_EQ(store->reader()->closed_sessions({}).total, 0U);
  EXPECT_EQ(run({"import", data, "--server", "udp", "--zone", "UTC", "--json"}), 0) << err;
  EXPECT_EQ(report().at("sessions_added").to_number<int>(), 1);
  EXPECT_EQ(run({"import", data + "/session_history.json", "--server", "udp", "--zone", "UTC", "--json"}), 0) << err;
  EXPECT_EQ(report().at("sessions_added").to_number<int>(), 0);
  EXPECT_EQ(report().at("sessions_present").to_number<int>(), 1);
  EXPECT_EQ(store->reader()->user("anna")->tx_bytes, 2'097'152U);
}

TEST_F(ImportCommand, AMonitorsDatabaseGivesSessionsAndLimits) {
  const auto database = folder + "/vpn_manager.db";
  EXPECT_EQ(run({"import", "openvpn-traffic-monitor", database, "--server", "udp", "--json"}), 0) << err;
  EXPECT_EQ(report().at("records").to_number<int>(), 4);
  EXPECT_EQ(report().at("sessions_added").to_number<int>(), 1);
  EXPECT_EQ(report().at("limits_added").to_number<int>(), 1);
  EXPECT_EQ(report().at("refused").as_array().size(), 2U);
  ASSERT_EQ(store->limits()->limits().limits.size(), 1U);
  EXPECT_EQ(store->limits()->limits().limits[0].bytes, 5'000'000'000U);
  EXPECT_EQ(run({"import", database, "--server", "udp"}), 0) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("0 new (0 B down, 0 B up), 1 already there"), HasSubstr("0 new, 1 already there")));
  EXPECT_EQ(store->limits()->limits().limits.size(), 1U);
}

TEST_F(ImportCommand, ARunningDaemonMakesTheLimits) {
  daemon_runs = true;
  answers["POST /api/v1/limits"] = {201, "{}"};
  answers["GET /api/v1/limits"] = {200, "{}"};
  EXPECT_EQ(run({"import", folder + "/vpn_manager.db", "--server", "udp"}), 0) << err;
  EXPECT_EQ(asked.back().method, "POST");
  EXPECT_THAT(asked.back().body, HasSubstr("imported from openvpn-traffic-monitor"));
}

TEST_F(ImportCommand, WhatIsUnclearIsAskedBack) {
  EXPECT_EQ(run({"import", folder + "/data", "--server", "udp"}), 2);
  EXPECT_THAT(err, HasSubstr("give --zone"));
  EXPECT_EQ(run({"import", folder + "/vpn_manager.db"}), 2);
  EXPECT_THAT(err, HasSubstr("give --server"));
  EXPECT_EQ(run({"import", folder + "/data", "--server", "udp", "--zone", "Mars/Base"}), 2);
  EXPECT_THAT(err, HasSubstr("--zone: "));
  EXPECT_EQ(run({"import", folder + "/absent", "--server", "udp"}), 2);
  EXPECT_EQ(run({"import", "openvpn-web-panel", folder + "/vpn_manager.db"}), 2);
  EXPECT_EQ(run({"import", folder + "/davylamp.toml", "--server", "udp"}), 1);
  EXPECT_EQ(run({"import", folder + "/davylamp.db", "--server", "udp"}), 1);
  EXPECT_EQ(store->reader()->closed_sessions({}).total, 0U);
}

}  // namespace
}  // namespace davylamp::app
