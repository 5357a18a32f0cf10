#include <map>

#include "app/cli/cli_fixture.hpp"
#include "contract/testing/store_samples.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/store.hpp"
#include "store/postgres/testing/server.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::app {
namespace {

using namespace contract::testing;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string hostile("nul\0 \xff \t\\ \n", 11);

contract::Batch filled_batch() {
  contract::Batch batch{.number = 7};
  for (model::SessionId id = 1; id <= 40; ++id) {
    batch.sessions.push_back(varied_session(id));
    batch.traffic.push_back(moved(id, batch.sessions.back().session.user, static_cast<int>(id) * 60, {id, 2 * id}));
  }
  batch.sessions.push_back(full_session(100));
  auto odd = bare_session(101);
  odd.session.user = hostile;
  batch.sessions.push_back(odd);
  batch.traffic.push_back(moved(101, hostile, 0, {std::uint64_t{1} << 62U, 1}));
  batch.endpoints.push_back({100, {*model::Address::parse("198.51.100.7"), 40'000}, sample_place(), at(0), at(9)});
  batch.loads = {load(0, 4, {10, 20}), load(3'600, 5, {30, 40})};
  batch.servers = {full_server("udp")};
  batch.events = {full_event(3), full_event(4)};
  batch.cursors = {{.source = full_session(1).source, .boot = 0xFFFF'FFFF'FFFF'FFF0U, .sequence = 12}};
  return batch;
}

void fill(contract::Store& store) {
  store.writer()->commit(filled_batch());
  store.writer()->record_job(
      {.name = "backup", .began_at = at(1), .ended_at = at(2), .ok = true, .text = "done", .next_at = at(9)});
  const auto accounts = store.accounts();
  ASSERT_TRUE(accounts->add_account({.name = "anna", .role = model::Role::admin, .password_hash = "x"}));
  accounts->add_refresh_token({"hash", "family", "anna", at(99), std::nullopt});
  accounts->append_audit({.at = at(1), .account = "anna", .action = "login", .subject = "", .remote_address = "::1"});
  accounts->signing_key(std::string("\0\xff key", 6));
}

class MigrateCommand : public CliTest {
 protected:
  MigrateCommand() {
    std::filesystem::remove(path);
    fill(*sqlite::open({.path = path}));
  }
  int migrate() { return run({"migrate", "--from", path, "--to", database.config().url}); }

  std::string path = folder + "/davylamp.db";
  postgres::testing::Database database;
};

// What somebody who only reads can tell.
std::map<std::string, std::string> answers_of(contract::Store& store) {
  std::map<std::string, std::string> answers;
  const auto reader = store.reader();
  const auto accounts = store.accounts();
  const auto checkpoint = store.writer()->load_checkpoint();
  answers["sessions"] = base::json::write(reader->closed_sessions({.limit = 1'000}));
  answers["open"] = base::json::write(reader->open_sessions());
  answers["users"] = base::json::write(reader->users({.limit = 1'000}));
  answers["history"] = base::json::write(reader->history({at(0), at(86'400), 3'600, {}}));
  answers["minutes"] = base::json::write(reader->session_traffic(20, 100));
  answers["traffic"] = base::json::write(reader->user_traffic(hostile, at(0), at(3'600)));
  answers["servers"] = base::json::write(reader->servers());
  answers["events"] = base::json::write(reader->events(100, std::nullopt));
  answers["totals"] = base::json::write(reader->totals(at(0), at(86'400), {}));
  answers["jobs"] = base::json::write(store.writer()->jobs());
  answers["cursors"] = base::json::write(checkpoint.cursors);
  answers["next"] = std::to_string(checkpoint.last_batch) + " " + std::to_string(checkpoint.next_session_id) + " " +
                    std::to_string(checkpoint.open_sessions.size()) + " " + std::to_string(checkpoint.next_event_id);
  answers["audit"] = base::json::write(accounts->audit(100));
  answers["key"] = accounts->signing_key("other");
  answers["account"] = accounts->account("anna")->password_hash;
  answers["places"] = std::to_string(reader->endpoints(100).size());
  return answers;
}

TEST_F(MigrateCommand, BothStoresGiveTheSameAnswers) {
  EXPECT_EQ(migrate(), 0) << err;
  EXPECT_THAT(out, HasSubstr("sessions: 42 rows"));
  const auto before = sqlite::open({.path = path});
  const auto after = postgres::open(database.config());
  EXPECT_EQ(answers_of(*before), answers_of(*after));
  contract::Batch next{.number = 8};
  next.sessions = {bare_session(200)};
  after->writer()->commit(next);
  EXPECT_NE(after->reader()->session(200), std::nullopt);
  after->accounts()->append_audit(
      {.at = at(2), .account = "anna", .action = "logout", .subject = "", .remote_address = "::1"});
  EXPECT_EQ(after->accounts()->audit(10).size(), 2U);
  EXPECT_FALSE(after->accounts()->check_audit().broken_at);
}

TEST_F(MigrateCommand, CopiesIntoNothingButAnEmptyDatabase) {
  ASSERT_EQ(migrate(), 0) << err;
  EXPECT_EQ(migrate(), 1);
  EXPECT_THAT(err, HasSubstr("make an empty one"));
}

TEST_F(MigrateCommand, MayBeTriedAgainAfterAFailure) {
  postgres::open(database.config());
  postgres::Connection connection(database.config());
  connection.run("ALTER TABLE users ADD CONSTRAINT refuse CHECK (rx_bytes < 1000)");
  EXPECT_EQ(migrate(), 1);
  EXPECT_THAT(err, HasSubstr("refuse"));
  connection.run("ALTER TABLE users DROP CONSTRAINT refuse");
  EXPECT_EQ(migrate(), 0) << err;
}

TEST_F(MigrateCommand, SaysWhatIsMissing) {
  EXPECT_EQ(run({"migrate", "--from", path}), 2);
  EXPECT_EQ(run({"migrate", "--from", folder + "/absent.db", "--to", database.config().url}), 1);
  EXPECT_THAT(err, HasSubstr("no such database"));
  EXPECT_FALSE(std::filesystem::exists(folder + "/absent.db"));
}

TEST_F(MigrateCommand, SaysWhatIsWrongWithWhatWasTyped) {
  EXPECT_EQ(run({"migrate", path, database.config().url}), 2);
  EXPECT_THAT(err, HasSubstr("Write --from FILE --to postgresql://"));
  const auto sqlite_url = "sqlite:" + path;
  EXPECT_EQ(run({"migrate", "--from", path, "--to", sqlite_url}), 2);
  EXPECT_THAT(err, HasSubstr("--to must begin with postgresql://"));
  EXPECT_EQ(run({"migrate", "--from", path, "--to", "postgresql://davy:hunter2@127.0.0.1/davy"}), 2);
  EXPECT_THAT(err, AllOf(HasSubstr("--password-file"), Not(HasSubstr("hunter2"))));
  EXPECT_EQ(run({"migrate", "--from", folder, "--to", database.config().url}), 1);
  EXPECT_THAT(err, HasSubstr("is no file"));
  const auto other = folder + "/davylamp.toml";
  EXPECT_EQ(run({"migrate", "--from", other, "--to", database.config().url}), 1);
  EXPECT_THAT(err, AllOf(HasSubstr(other), HasSubstr("is no SQLite database")));
  EXPECT_EQ(run({"migrate", "--from", path, "--to", database.config().url, "--password-file", "/nonexistent/x"}), 1);
  EXPECT_THAT(err, HasSubstr("--password-file: /nonexistent/x cannot be read"));
  EXPECT_EQ(run({"migrate", "--from", path, "--to", "postgresql://davy@127.0.0.1:1/davy"}), 1);
  EXPECT_THAT(err, AllOf(HasSubstr("--to"), Not(HasSubstr("store.url"))));
}

}  // namespace
}  // namespace davylamp::app
