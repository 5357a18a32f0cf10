// What is different where the work is divided.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/pipeline.hpp"
#include "core/testing_source.hpp"

namespace davylamp::core {
namespace {

using base::Seconds;
const base::Time noon = base::Time{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}} + std::chrono::hours{12};

model::Limits a_thousand_bytes_a_day_for_alice() {
  model::Limit limit;
  limit.id = 1;
  limit.subject_kind = model::LimitSubject::user;
  limit.subject = "alice";
  limit.bytes = 1'000;
  limit.period.kind = model::PeriodKind::day;
  limit.created_at = noon - Seconds{86'400};
  model::Limits limits;
  limits.revision = 1;
  limits.limits = {limit};
  return limits;
}

// One shard of two, with alice connected, and what the store has of her.
class Part {
 public:
  explicit Part(std::uint32_t index) : shard_{index, 2} {
    model::Checkpoint checkpoint;
    checkpoint.shard = shard_;
    pipeline.restore(checkpoint, noon);
    pipeline.set_limits(a_thousand_bytes_a_day_for_alice(), noon);
    moves(0);
    commit();
  }
  void moves(std::uint64_t rx) {
    now_ += Seconds{1};
    pipeline.apply(source_.say(now_, model::PeerSeen{"e/1/0", {rx, 0}, 0, TestingSource::facts("alice", noon)}));
  }
  // All that moved in all shards is `stored` once this is done.
  Effects commit(std::uint64_t stored = 0) {
    auto effects = pipeline.take();
    for (const auto from : pipeline.usage_wanted()) {
      pipeline.set_usage(from, {{"alice", {from <= now_ ? stored : 0, 0}}});
    }
    return effects;
  }
  std::vector<model::SessionId> ended() {
    std::vector<model::SessionId> all;
    for (const auto& command : pipeline.take_commands()) {
      EXPECT_EQ(command.shard, shard_);
      if (const auto* end = std::get_if<model::EndSession>(&command.order)) all.push_back(end->session_id);
    }
    return all;
  }

  Pipeline pipeline;

 private:
  model::Shard shard_;
  TestingSource source_;
  base::Time now_ = noon;
};

bool tells_of_quotas(const Effects& effects) {
  const auto is_quota = [](const model::Change& change) { return std::holds_alternative<model::QuotaChanged>(change); };
  const auto is_line = [](const model::Event& event) { return event.kind == model::EventKind::quota_reached; };
  return std::ranges::any_of(effects.changes, is_quota) || std::ranges::any_of(effects.events, is_line);
}

}  // namespace

TEST(PipelineShards, EveryShardStopsItsOwnSessionsAndOnlyTheChiefSaysSo) {
  for (const std::uint32_t index : {0U, 1U}) {
    Part part(index);
    part.moves(1'200);
    EXPECT_EQ(part.ended().size(), 1U) << index;
    EXPECT_EQ(tells_of_quotas(part.commit(1'200)), index == 0) << index;
  }
}

TEST(PipelineShards, WhatMovedElsewhereCountsOnceItIsStored) {
  Part part(1);
  part.moves(300);
  part.commit();
  EXPECT_TRUE(part.ended().empty());
  part.pipeline.read_usage_again();
  part.moves(400);
  part.commit(400 + 500);  // 500 of them in the other shard
  EXPECT_TRUE(part.ended().empty());
  part.moves(450);
  EXPECT_TRUE(part.ended().empty());
  part.moves(500);
  EXPECT_EQ(part.ended().size(), 1U);
}

TEST(PipelineShards, SessionsOfShardsHaveIdsOfTheirOwn) {
  Part part(1);
  const auto id = part.pipeline.sessions().sessions_of("alice").at(0)->session.id;
  EXPECT_EQ(model::shard_of_id(id, 2), 1U);
}

}  // namespace davylamp::core
