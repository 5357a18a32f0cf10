#include "store/sqlite/maintenance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/testing/temporary_directory.hpp"
#include "contract/testing/store_samples.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::sqlite {
namespace {

using ::testing::HasSubstr;

contract::Batch many_minutes(std::uint64_t number) {
  contract::Batch batch{.number = number};
  for (int minute = 0; minute < 20'000; ++minute) {
    batch.traffic.push_back(
        contract::testing::moved(number, "anna", minute * 60, {static_cast<std::uint64_t>(minute + 1), 1}));
  }
  return batch;
}

std::int64_t number(Connection& connection, const std::string& sql) {
  Statement row(connection, sql);
  row.step();
  return row.integer(0);
}

class SqliteMaintenance : public ::testing::Test {
 protected:
  base::TemporaryDirectory directory_;
  std::string path_ = directory_.file("davylamp.db");

  std::string vacuum_until(const std::string& end, contract::StoreWriter& writer) {
    std::string said;
    for (int i = 0; i < 100 && !said.contains(end); ++i) said = writer.vacuum();
    return said;
  }
};

TEST_F(SqliteMaintenance, GivesSpaceBackBitByBit) {
  const auto store = open({.path = path_});
  const auto writer = store->writer();
  for (std::uint64_t batch = 1; batch <= 14; ++batch) writer->commit(many_minutes(batch));
  writer->checkpoint();
  const auto full = std::filesystem::file_size(path_);
  const base::Seconds day{86'400};
  while (writer->forget(contract::testing::at(0) + 400 * day, {.minutes = day}, 50'000) == 50'000) {
  }
  EXPECT_THAT(writer->vacuum(), HasSubstr("4.1 MB were given back"));
  EXPECT_THAT(vacuum_until("no space", *writer), HasSubstr("no space worth"));
  writer->checkpoint();
  EXPECT_LT(std::filesystem::file_size(path_), full / 2);
  EXPECT_EQ(store->reader()->user("anna")->tx_bytes, 14U * 20'000U);
}

TEST_F(SqliteMaintenance, RewritesASmallDatabaseOfAnEarlierVersionOnce) {
  const auto store = open({.path = path_});
  Connection(path_, Access::write).run("PRAGMA auto_vacuum = NONE; VACUUM;");
  const auto writer = store->writer();
  writer->commit(many_minutes(1));
  EXPECT_THAT(writer->vacuum(), HasSubstr("rewritten"));
  EXPECT_THAT(writer->vacuum(), HasSubstr("no space worth"));
  Connection connection(path_, Access::read);
  EXPECT_EQ(number(connection, "PRAGMA auto_vacuum"), 2);
  EXPECT_EQ(store->reader()->user("anna")->tx_bytes, 20'000U);
}

TEST_F(SqliteMaintenance, TellsWhenAReaderHoldsTheLog) {
  const auto store = open({.path = path_});
  const auto writer = store->writer();
  writer->commit(many_minutes(1));
  Connection reading(path_, Access::read);
  Transaction snapshot(reading, Unit::read);
  EXPECT_EQ(number(reading, "SELECT count(*) FROM traffic_minute"), 20'000);
  writer->commit(many_minutes(2));
  EXPECT_THAT(writer->checkpoint(), HasSubstr("a reader still needs"));
  snapshot.commit();
  EXPECT_THAT(writer->checkpoint(), HasSubstr("holds all"));
}

TEST_F(SqliteMaintenance, CutsALogThatGrewLarge) {
  const auto store = open({.path = path_});
  const auto writer = store->writer();
  for (std::uint64_t batch = 1; batch <= 10; ++batch) writer->commit(many_minutes(batch));
  EXPECT_GT(std::filesystem::file_size(path_ + "-wal"), 16'000'000U);
  writer->checkpoint();
  EXPECT_EQ(std::filesystem::file_size(path_ + "-wal"), 0U);
}

}  // namespace
}  // namespace davylamp::sqlite
