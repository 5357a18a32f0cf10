// What every store that has leases must do for writers of several shards at once. Instantiate as StoreContract.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "contract/testing/store_contract.hpp"

namespace davylamp::contract::testing {

class StoreShardsContract : public ::testing::TestWithParam<StoreFactory> {
 protected:
  static constexpr std::uint32_t shards = 2;

  std::unique_ptr<Store> store = GetParam().open();
  std::unique_ptr<ShardLeases> leases = store->leases();
  LeaseAnswer lease = leases->renew("worker", shards, base::Seconds{60});
  std::unique_ptr<StoreReader> reader = store->reader();

  std::unique_ptr<StoreWriter> whole_writer() { return store->writer({{}, lease.held.at(0).epoch}); }
  std::unique_ptr<StoreWriter> writer(std::uint32_t index) { return store->writer(tenure(index)); }
  model::Tenure tenure(std::uint32_t index) const { return {{index, shards}, lease.held.at(index).epoch}; }
  // A source whose observations this shard has.
  static model::SourceId source(std::uint32_t index) {
    for (int i = 0;; ++i) {
      model::SourceId source{"node-" + std::to_string(i), "openvpn", "server-" + std::to_string(index)};
      if (model::shard_of(source, shards) == index) return source;
    }
  }
  // The `number`th id that the shard gives.
  static model::SessionId id(std::uint32_t index, std::uint64_t number) { return number * model::most_shards + index; }
  static StoredSession session(std::uint32_t index, std::uint64_t number) {
    auto stored = full_session(id(index, number));
    stored.source = source(index);
    stored.session.server = stored.source.name;
    stored.session.rx_bytes = stored.session.tx_bytes = 0;
    return stored;
  }
  static TrafficIncrement moved_by(std::uint32_t index, std::uint64_t number, std::uint64_t bytes) {
    auto increment = moved(id(index, number), "anna", 60, {bytes, 0});
    increment.server = source(index).name;
    return increment;
  }
};

TEST_P(StoreShardsContract, BatchesAreNumberedPerShard) {
  auto first = writer(0);
  auto second = writer(1);
  first->commit({.number = 5, .sessions = {session(0, 1)}});
  second->commit({.number = 1, .sessions = {session(1, 1)}});
  second->commit({.number = 1, .sessions = {session(1, 2)}});
  EXPECT_EQ(first->load_checkpoint().last_batch, 5U);
  EXPECT_EQ(second->load_checkpoint().last_batch, 1U);
  EXPECT_EQ(reader->session(id(1, 2)), std::nullopt) << "the batch came twice";
}

TEST_P(StoreShardsContract, ACheckpointIsOfItsShardAlone) {
  Batch mine{.number = 1, .sessions = {session(0, 1)}, .servers = {full_server("server-0")}};
  Batch theirs{.number = 1, .sessions = {session(1, 1)}, .servers = {full_server("server-1")}};
  auto closed = session(1, 2);
  closed.session = closed_form(closed.session, 200);
  theirs.sessions.push_back(closed);
  mine.cursors = {{source(0), 7, 70}};
  theirs.cursors = {{source(1), 8, 80}};
  mine.incidents = {{.id = id(0, 3), .key = "mine", .fired_at = at(1)}};
  theirs.incidents = {{.id = id(1, 3), .key = "theirs", .fired_at = at(1)}};
  mine.deliveries = {{.id = id(0, 4), .incident_id = id(0, 3)}};
  theirs.deliveries = {{.id = id(1, 4), .incident_id = id(1, 3)}};
  writer(0)->commit(mine);
  writer(1)->commit(theirs);
  const auto checkpoint = writer(1)->load_checkpoint();
  EXPECT_EQ(checkpoint.shard, (model::Shard{1, shards}));
  ASSERT_EQ(checkpoint.open_sessions.size(), 1U);
  EXPECT_EQ(checkpoint.open_sessions[0].source, source(1));
  ASSERT_EQ(checkpoint.recently_closed.size(), 1U);
  EXPECT_EQ(checkpoint.recently_closed[0].session.id, id(1, 2));
  ASSERT_EQ(checkpoint.servers.size(), 1U);
  EXPECT_EQ(checkpoint.servers[0].name, "server-1");
  ASSERT_EQ(checkpoint.cursors.size(), 1U);
  EXPECT_EQ(checkpoint.cursors[0].sequence, 80U);
  ASSERT_EQ(checkpoint.incidents.size(), 1U);
  EXPECT_EQ(checkpoint.incidents[0].key, "theirs");
  ASSERT_EQ(checkpoint.deliveries.size(), 1U);
  EXPECT_EQ(checkpoint.deliveries[0].id, id(1, 4));
  EXPECT_GT(checkpoint.next_session_id, id(1, 2));
  EXPECT_GT(checkpoint.next_incident_id, id(1, 3));
  EXPECT_GT(checkpoint.next_delivery_id, id(1, 4));
}

TEST_P(StoreShardsContract, AUserIsTheSumOfWhatAllShardsSay) {
  auto first = writer(0);
  auto second = writer(1);
  first->commit({.number = 1, .sessions = {session(0, 1)}, .traffic = {moved_by(0, 1, 100)}});
  second->commit({.number = 1, .sessions = {session(1, 1), session(1, 2)}, .traffic = {moved_by(1, 1, 20)}});
  first->commit({.number = 2, .traffic = {moved_by(0, 1, 3)}});
  const auto user = reader->user("anna");
  ASSERT_TRUE(user);
  EXPECT_EQ(user->sessions, 3U);
  EXPECT_EQ(user->rx_bytes, 123U);
  EXPECT_EQ(user->first_seen_at, at(0));
}

TEST_P(StoreShardsContract, WritersOfSeveralShardsNeverWaitForEachOtherInACircle) {
  constexpr int batches = 20;
  constexpr int users = 100;
  const auto write = [&](std::uint32_t index) {
    auto mine = writer(index);
    for (int number = 1; number <= batches; ++number) {
      Batch batch{.number = static_cast<std::uint64_t>(number)};
      for (int i = 0; i < users; ++i) {
        auto stored = session(index, static_cast<std::uint64_t>(number * users + i));
        stored.session = closed_form(stored.session, 100);
        stored.session.user = "user-" + std::to_string(index == 0 ? i : users - 1 - i);
        auto increment = moved(stored.session.id, stored.session.user, 60 * number, {1, 2});
        batch.sessions.push_back(stored);
        batch.traffic.push_back(increment);
      }
      batch.loads = {load(60 * number, 5, {users, 2 * users}, source(index).name)};
      mine->commit(batch);
    }
  };
  std::thread other([&] { write(1); });
  write(0);
  other.join();
  for (int i = 0; i < users; ++i) {
    const auto user = reader->user("user-" + std::to_string(i));
    ASSERT_TRUE(user);
    EXPECT_EQ(user->sessions, 2U * batches);
    EXPECT_EQ(user->tx_bytes, 4U * batches);
  }
  const auto history = reader->history({.from = at(0), .to = at(3'600), .step_seconds = 3'600, .servers = {}});
  ASSERT_EQ(history.points.size(), 1U);
  EXPECT_EQ(history.points[0].sessions, 10U) << "the peak of a minute over the servers of both shards";
}

// The work was one whole, then two shards, then one whole again.
TEST_P(StoreShardsContract, RowsOfAnotherDivisionAreTakenOver) {
  auto begun = session(1, 0);
  begun.session.id = 3;  // as the whole counts
  auto other = session(1, 0);
  other.session.id = 4;
  other.peer = "other";
  whole_writer()->commit({.number = 9, .sessions = {begun, other}});

  auto divided = writer(1);
  const auto checkpoint = divided->load_checkpoint();
  EXPECT_EQ(checkpoint.last_batch, 0U);
  EXPECT_GE(checkpoint.next_session_id, 5U) << "no id is given twice";
  ASSERT_EQ(checkpoint.open_sessions.size(), 2U);
  begun.session.rx_bytes = 50;
  other.session = closed_form(other.session, 300);
  auto fresh = session(1, 10);
  divided->commit({.number = 1, .sessions = {begun, fresh, other}});
  EXPECT_EQ(reader->session(3)->rx_bytes, 50U);
  EXPECT_EQ(reader->user("anna")->sessions, 3U) << "only the fresh one is one more";

  fresh.session.tx_bytes = 7;
  whole_writer()->commit({.number = 10, .sessions = {fresh}});
  const auto whole = whole_writer()->load_checkpoint();
  EXPECT_EQ(whole.last_batch, 10U);
  EXPECT_GT(whole.next_session_id, fresh.session.id);
  EXPECT_EQ(whole.open_sessions.size(), 2U);
  EXPECT_EQ(reader->session(fresh.session.id)->tx_bytes, 7U);
  EXPECT_EQ(reader->user("anna")->sessions, 3U);
}

TEST_P(StoreShardsContract, WhoLostTheLeaseWritesNothing) {
  auto paused = writer(1);
  paused->commit({.number = 1, .sessions = {session(1, 1)}});
  leases->leave("worker");
  const auto taken = leases->renew("other", shards, base::Seconds{60});
  ASSERT_EQ(taken.held.size(), shards);
  try {
    paused->commit({.number = 2, .sessions = {session(1, 2)}});
    ADD_FAILURE() << "an older epoch wrote";
  } catch (const base::Failure& failure) {
    EXPECT_EQ(failure.error().code, "lease_lost");
  }
  EXPECT_EQ(reader->session(id(1, 2)), std::nullopt);
  auto successor = store->writer({{1, shards}, taken.held.at(1).epoch});
  EXPECT_EQ(successor->load_checkpoint().last_batch, 1U);
  successor->commit({.number = 2, .sessions = {session(1, 2)}});
  EXPECT_NE(reader->session(id(1, 2)), std::nullopt);
}

}  // namespace davylamp::contract::testing
