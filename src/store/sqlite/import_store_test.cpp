#include "store/sqlite/import_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/result.hpp"
#include "base/testing/temporary_directory.hpp"
#include "store/sqlite/foreign_tables.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::sqlite {
namespace {

using contract::ImportedSession;
using testing::ElementsAre;
using testing::IsEmpty;

const auto began = base::from_unix_seconds(1'700'000'000);

ImportedSession session(const std::string& key, const std::string& user, std::uint64_t bytes) {
  ImportedSession made{key, {}, {}};
  made.session.server = "udp";
  made.session.source = "import";
  made.session.user = user;
  made.session.opened_at = began;
  made.session.last_seen_at = began + base::Seconds{60};
  made.session.closed_at = made.session.last_seen_at;
  made.session.state = model::SessionState::closed;
  made.session.rx_bytes = bytes;
  made.session.tx_bytes = 2 * bytes;
  made.traffic = {{.at = began, .session_id = 0, .server = "udp", .user = user, .bytes = {bytes, 2 * bytes}}};
  return made;
}

class ImportStore : public testing::Test {
 protected:
  base::TemporaryDirectory directory_;
  std::string path_ = directory_.file("davylamp.db");
  std::unique_ptr<contract::Store> store_ = open({.path = path_});
};

TEST_F(ImportStore, TwiceIsOnce) {
  const std::vector sessions{session("a", "anna", 100), session("b", "bob", 10), session("c", "anna", 1)};
  const auto first = open_import(path_)->import("tool", sessions, false);
  EXPECT_EQ(first.added, 3U);
  EXPECT_EQ(first.added_bytes, (model::Counters{111, 222}));
  const auto again = open_import(path_)->import("tool", sessions, false);
  EXPECT_EQ(again.added, 0U);
  EXPECT_EQ(again.present, 3U);
  EXPECT_EQ(again.present_bytes, (model::Counters{111, 222}));
  const auto reader = store_->reader();
  EXPECT_EQ(reader->user("anna")->sessions, 2U);
  EXPECT_EQ(reader->user("anna")->rx_bytes, 101U);
  EXPECT_EQ(reader->closed_sessions({}).total, 3U);
  const auto totals = reader->totals(began - base::Seconds{86'400}, began + base::Seconds{86'400}, {});
  EXPECT_EQ(totals.tx_bytes, 222U);
  const auto usage = store_->writer()->usage(base::floor_to(began, base::Seconds{60}));
  ASSERT_EQ(usage.size(), 2U);
  EXPECT_EQ(usage[0].bytes, (model::Counters{101, 202}));
}

TEST_F(ImportStore, ARehearsalCountsAndWritesNothing) {
  const auto count = open_import(path_)->import("tool", {session("a", "anna", 100)}, true);
  EXPECT_EQ(count.added, 1U);
  EXPECT_EQ(store_->reader()->closed_sessions({}).total, 0U);
  EXPECT_FALSE(store_->reader()->user("anna"));
}

TEST_F(ImportStore, AKeyThatComesTwiceIsOneSession) {
  const auto count = open_import(path_)->import("tool", {session("a", "anna", 7), session("a", "anna", 7)}, false);
  EXPECT_EQ(count.added, 1U);
  EXPECT_EQ(count.present, 1U);
}

TEST_F(ImportStore, TheTrackersIdsStayItsOwn) {
  auto writer = store_->writer();
  contract::Batch batch;
  batch.number = 1;
  auto own = session("x", "anna", 5).session;
  own.id = 41;
  batch.sessions.push_back({{"node", "openvpn", "udp"}, "1", own});
  writer->commit(batch);
  open_import(path_)->import("tool", {session("a", "anna", 100)}, false);
  EXPECT_EQ(writer->load_checkpoint().next_session_id, 42U);
  for (const auto& item : store_->reader()->closed_sessions({}).items) {
    EXPECT_TRUE(item.id == 41 || (item.id >= contract::first_imported_id && item.id < (std::uint64_t{1} << 53U)));
  }
  batch.number = 2;
  writer->commit(batch);
  EXPECT_EQ(store_->reader()->user("anna")->sessions, 2U);
}

TEST_F(ImportStore, TwoToolsMayUseTheSameKeys) {
  open_import(path_)->import("one", {session("a", "anna", 1)}, false);
  EXPECT_EQ(open_import(path_)->import("two", {session("a", "anna", 1)}, false).added, 1U);
}

TEST_F(ImportStore, ForeignTablesAreReadAsTheyAre) {
  const auto path = directory_.file("foreign.db");
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  sqlite3_exec(database,
               "CREATE TABLE \"odd \"\" name\" (id INTEGER, what); INSERT INTO \"odd \"\" name\" VALUES "
               "(1, 'x'), (2, NULL)",
               nullptr, nullptr, nullptr);
  sqlite3_close(database);
  ForeignDatabase foreign(path);
  EXPECT_THAT(foreign.columns("odd \" name"), ElementsAre("id", "what"));
  EXPECT_THAT(foreign.columns("absent"), IsEmpty());
  EXPECT_THAT(foreign.rows("odd \" name", {"what", "id"}),
              ElementsAre(ForeignRow{"x", "1"}, ForeignRow{std::nullopt, "2"}));
  EXPECT_THROW(ForeignDatabase(directory_.file("absent.db")), base::Failure);
}

}  // namespace
}  // namespace davylamp::sqlite
