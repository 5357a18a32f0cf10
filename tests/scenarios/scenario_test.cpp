// Each scenario over each bus into each store: the same results, whatever lies between.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/testing/temporary_directory.hpp"
#include "player.hpp"
#include "store/memory/store.hpp"
#include "store/postgres/store.hpp"
#include "store/postgres/testing/server.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::scenarios {
namespace {

namespace fs = std::filesystem;

struct Kept {
  base::TemporaryDirectory folder;
  std::optional<postgres::testing::Database> database;
  std::unique_ptr<contract::Store> store;
};
using OpenStore = std::unique_ptr<Kept> (*)();
using OpenRoad = std::unique_ptr<Road> (*)();

std::unique_ptr<Kept> in_memory() {
  auto kept = std::make_unique<Kept>();
  kept->store = memory::open();
  return kept;
}

std::unique_ptr<Kept> in_sqlite() {
  auto kept = std::make_unique<Kept>();
  kept->store = sqlite::open({.path = kept->folder.file("davylamp.db")});
  return kept;
}

std::unique_ptr<Kept> in_postgres() {
  auto kept = std::make_unique<Kept>();
  kept->database.emplace();
  kept->store = postgres::open(kept->database->config());
  return kept;
}

struct Way {
  std::string name;
  OpenRoad road;
  OpenStore store;
};

std::vector<Way> ways() {
  return {{"LoopbackMemory", loopback_road, in_memory},     {"LoopbackSqlite", loopback_road, in_sqlite},
          {"UplinkMemory", uplink_road, in_memory},         {"UplinkSqlite", uplink_road, in_sqlite},
          {"RedisMemory", redis_road, in_memory},           {"RedisSqlite", redis_road, in_sqlite},
          {"LoopbackPostgres", loopback_road, in_postgres}, {"UplinkPostgres", uplink_road, in_postgres},
          {"RedisPostgres", redis_road, in_postgres},       {"DividedRedisPostgres", divided_redis_road, in_postgres}};
}

std::vector<std::string> files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(DAVYLAMP_SCENARIOS)) {
    if (entry.path().extension() == ".scenario") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

Scenario read(const std::string& name) {
  std::ifstream file(fs::path(DAVYLAMP_SCENARIOS) / (name + ".scenario"));
  std::ostringstream text;
  text << file.rdbuf();
  return parse(text.str(), name);
}

using Case = std::tuple<Way, std::string>;

class Scenarios : public testing::TestWithParam<Case> {};

TEST_P(Scenarios, EndAsTheyShould) {
  const auto& [way, name] = GetParam();
  const auto scenario = read(name);
  ASSERT_FALSE(scenario.expected.empty());
  // Whatever was committed when: a crash loses nothing and doubles nothing.
  for (const base::Seconds commit_every : {base::Seconds{1}, base::Seconds{7}, base::Seconds{3'600}}) {
    const auto kept = way.store();
    const auto road = way.road();
    Player player(*road, *kept->store, commit_every);
    player.play(scenario);
    EXPECT_THAT(player.results(), testing::ElementsAreArray(scenario.expected))
        << "committed every " << commit_every.count() << " s";
  }
}

INSTANTIATE_TEST_SUITE_P(All, Scenarios, testing::Combine(testing::ValuesIn(ways()), testing::ValuesIn(files())),
                         [](const testing::TestParamInfo<Case>& info) {
                           return std::get<0>(info.param).name + "_" + std::get<1>(info.param);
                         });

}  // namespace
}  // namespace davylamp::scenarios
