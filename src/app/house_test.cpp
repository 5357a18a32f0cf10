#include "app/house.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "app/backup_folder.hpp"
#include "base/testing/temporary_directory.hpp"
#include "bus/loopback/loopback_bus.hpp"
#include "store/memory/store.hpp"

namespace davylamp::app {
namespace {

using testing::ElementsAre;
using testing::EndsWith;

class HouseTest : public testing::Test {
 protected:
  HouseTest() { config.log.level = LogLevel::error; }
  // Lets the loop run until `name` has ended, at most thirty seconds.
  std::map<std::string, model::HouseJob> run_until_ended(House& house, const std::string& name) {
    std::map<std::string, model::HouseJob> last;
    auto reader = bus->changes(loop.get_executor());
    boost::asio::co_spawn(loop, house.run(), boost::asio::detached);
    bool ended = false;
    boost::asio::co_spawn(loop, follow(*reader, last, name, ended), boost::asio::detached);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!ended && std::chrono::steady_clock::now() < until) {
      loop.run_for(std::chrono::milliseconds(20));
      clock.advance(base::Seconds{30});
    }
    return last;
  }
  static io::Task<void> follow(contract::ChangeReader& reader, std::map<std::string, model::HouseJob>& last,
                               const std::string& name, bool& ended) {
    for (;;) {
      const auto batch = co_await reader.next();
      for (const auto& changes : batch.changes) {
        for (const auto& change : *changes) {
          const auto& job = std::get<model::JobChanged>(change).job;
          last[job.name] = job;
          ended = ended || (job.name == name && job.ended_at);
        }
      }
    }
  }

  Config config;
  base::ManualClock clock;
  std::ostringstream err;
  Log log{err, clock, LogLevel::error};
  std::unique_ptr<contract::Bus> bus = loopback::open();
  std::unique_ptr<contract::Store> store = memory::open();
  boost::asio::io_context loop;
  io::Worker<contract::StoreWriter> writer{"writer", store->writer()};
};

}  // namespace

TEST_F(HouseTest, RunsEachJobOnItsScheduleAndTellsHowItWent) {
  House house(config, {writer, *store, *bus, clock, log});
  const auto jobs = run_until_ended(house, "retention");
  ASSERT_TRUE(jobs.contains("retention"));
  EXPECT_TRUE(jobs.at("retention").ok);
  EXPECT_EQ(jobs.at("retention").text, "nothing was old enough to go");
  EXPECT_EQ(*jobs.at("retention").next_at - *jobs.at("retention").ended_at, base::Seconds{3600});
  EXPECT_TRUE(jobs.contains("vacuum"));
  EXPECT_FALSE(jobs.contains("backup")) << "no folder is configured";
}

TEST_F(HouseTest, AJobThatFailsSaysWhyAndTriesAgainSooner) {
  config.store.backup_directory = "/nonexistent";
  House house(config, {writer, *store, *bus, clock, log});
  const auto jobs = run_until_ended(house, "backup");
  ASSERT_TRUE(jobs.contains("backup"));
  EXPECT_FALSE(jobs.at("backup").ok);
  EXPECT_FALSE(jobs.at("backup").text.empty());
  EXPECT_EQ(*jobs.at("backup").next_at - *jobs.at("backup").ended_at, base::Seconds{600});
  EXPECT_NE(err.str().find("the job backup failed"), std::string::npos);
}

TEST_F(HouseTest, KnowsItsJobsByName) {
  House house(config, {writer, *store, *bus, clock, log});
  EXPECT_TRUE(house.hurry("vacuum"));
  EXPECT_FALSE(house.hurry("no such job"));
}

TEST(BackupFolder, KeepsTheNewestAndTouchesNothingElse) {
  const base::TemporaryDirectory folder;
  const BackupFolder backups(folder.path());
  const auto at = base::from_unix_seconds(1'795'000'000);
  for (int day = 0; day < 4; ++day) {
    std::ofstream(backups.next_path(at + base::Seconds{day * 86'400})) << "x";
  }
  std::ofstream(folder.file("davylamp-mine.db")) << "x";
  EXPECT_THAT(backups.next_path(at), EndsWith("/davylamp-20261118-110640.db"));
  EXPECT_EQ(backups.keep(0), 0U);
  EXPECT_EQ(backups.keep(2), 2U);
  EXPECT_THAT(backups.files(),
              ElementsAre(EndsWith("davylamp-20261120-110640.db"), EndsWith("davylamp-20261121-110640.db")));
  EXPECT_TRUE(std::filesystem::exists(folder.file("davylamp-mine.db")));
}

}  // namespace davylamp::app
