#include "store/postgres/shard_leases.hpp"

#include "contract/testing/shard_leases_contract.hpp"
#include "contract/testing/store_samples.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/store.hpp"
#include "store/postgres/testing/server.hpp"

namespace davylamp::contract::testing {

// Time passes for the leases: they end earlier.
void let_pass(const postgres::Config& config, base::Milliseconds time) {
  const auto earlier = " SET expires_ms = expires_ms - " + std::to_string(time.count());
  postgres::Connection(config).run("UPDATE shard_leases" + earlier + "; UPDATE workers" + earlier);
}

namespace {

LeasesUnderTest make_leases() {
  auto database = std::make_shared<postgres::testing::Database>(postgres::testing::Content::schema);
  postgres::open(database->config());
  return {.open = [database] { return postgres::open_leases(database->config()); },
          .wait = [database](base::Milliseconds time) { let_pass(database->config(), time); }};
}

}  // namespace

const LeasesFactory postgres_leases{"postgres", make_leases};
INSTANTIATE_TEST_SUITE_P(Postgres, ShardLeasesContract, ::testing::Values(postgres_leases));

}  // namespace davylamp::contract::testing

namespace davylamp::postgres {
namespace {

using contract::testing::bare_session;
constexpr base::Milliseconds life{60'000};
constexpr base::Milliseconds over = 2 * life;

class PostgresTenure : public ::testing::Test {
 protected:
  testing::Database database{testing::Content::schema};
  std::unique_ptr<contract::Store> store = open(database.config());
  std::unique_ptr<contract::ShardLeases> first = store->leases();
  std::unique_ptr<contract::ShardLeases> second = store->leases();

  static model::Tenure tenure(const contract::HeldShard& shard) {
    return {.shard = {.index = shard.index, .count = 2}, .epoch = shard.epoch};
  }
  static contract::Batch batch(std::uint64_t number, model::SessionId id) {
    contract::Batch made{.number = number};
    made.sessions = {bare_session(id)};
    return made;
  }
  static std::string code_of(const std::function<void()>& body) {
    try {
      body();
    } catch (const base::Failure& failure) {
      return failure.error().code;
    }
    return "none";
  }
};

TEST_F(PostgresTenure, AWorkerThatLostItsShardWritesNothing) {
  const auto mine = first->renew("first", 2, life);
  const auto writer = store->writer(tenure(mine.held.at(1)));
  writer->commit(batch(1, 65));
  contract::testing::let_pass(database.config(), over);
  second->renew("second", 2, life);  // alive from now on
  const auto theirs = second->renew("second", 2, life);
  EXPECT_EQ(code_of([&] { writer->commit(batch(2, 129)); }), "lease_lost");
  EXPECT_EQ(store->reader()->session(129), std::nullopt);
  const auto heir = store->writer(tenure(theirs.held.at(1)));
  EXPECT_EQ(heir->load_checkpoint().last_batch, 1U);
  heir->commit(batch(2, 129));
  EXPECT_NE(store->reader()->session(129), std::nullopt);
}

// The commit is played by a transaction that checked its tenure and is not over.
TEST_F(PostgresTenure, AShardIsNotTakenInTheMiddleOfACommitAndRenewingWaitsForNone) {
  const auto mine = first->renew("first", 2, life);
  Connection committing(database.config());
  committing.begin(sql::Unit::batch);
  committing.check_tenure(tenure(mine.held.at(0)));
  EXPECT_EQ(first->renew("first", 2, life), mine);
  contract::testing::let_pass(database.config(), over);
  second->renew("second", 2, life);  // alive from now on
  const auto theirs = second->renew("second", 2, life);
  ASSERT_EQ(theirs.held.size(), 1U);
  EXPECT_EQ(theirs.held[0].index, 1U);
  committing.commit();
  EXPECT_EQ(second->renew("second", 2, life).held.size(), 2U);
}

TEST_F(PostgresTenure, ADaemonThatStandsStillInACommitHoldsNobodyUp) {
  const auto mine = first->renew("first", 1, life);
  Connection still(database.config(), {.still_milliseconds = 300});
  const auto begin = [&] {
    still.begin(sql::Unit::batch);
    still.check_tenure({.shard = {}, .epoch = mine.held.at(0).epoch});
  };
  // Between the two the machine may stand still as well: then it is begun anew.
  for (int tries = 0; tries < 20 && code_of(begin) != "none"; ++tries) still.roll_back();
  contract::testing::let_pass(database.config(), over);
  contract::LeaseAnswer theirs;
  for (int tries = 0; tries < 200 && theirs.held.empty(); ++tries) {
    theirs = second->renew("second", 1, life);
    Connection(database.config()).run("SELECT pg_sleep(0.02)");
  }
  ASSERT_EQ(theirs.held.size(), 1U);
  EXPECT_EQ(code_of([&] { still.commit(); }), "store_unreachable");
  still.roll_back();
  still.run("SELECT 1");
}

}  // namespace
}  // namespace davylamp::postgres
