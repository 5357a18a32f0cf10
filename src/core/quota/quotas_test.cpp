#include "core/quota/quotas.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/quota/quotas_fixture.hpp"

namespace davylamp::core {
namespace {

using model::EventKind;
using model::LimitSubject;
using model::QuotaState;
using std::chrono::sys_days;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using namespace std::chrono_literals;

}  // namespace

TEST_F(QuotasTest, RefusesAtTheReportThatReachesTheLimit) {
  anna_may(1'000);
  lab.move("anna", {400, 599});
  lab.commit();
  EXPECT_THAT(lab.refused, IsEmpty());
  lab.move("anna", {0, 1});
  const auto effects = lab.commit();
  EXPECT_THAT(lab.refused, ElementsAre("anna"));
  ASSERT_THAT(lab.ends, SizeIs(1));
  EXPECT_EQ(lab.ends[0].user, "anna");
  EXPECT_EQ(lab.ends[0].mode, model::EndMode::refuse);
  EXPECT_EQ(lab.ends[0].reason, model::EndReason::quota);
  EXPECT_EQ(lab.ends[0].message, "Data limit reached. It resets 2026-12-01 00:00 UTC.");
  EXPECT_THAT(lab.texts(EventKind::quota_reached),
              ElementsAre("anna is stopped: the limit is reached, 1.00 kB (down and up, this month); resets "
                          "2026-12-01 00:00 UTC"));
}

TEST_F(QuotasTest, CountsTheDirectionAsPeopleSeeIt) {
  lab.add_limit(LimitSubject::user, "anna", 1'000).direction = model::TrafficDirection::down;
  lab.add_limit(LimitSubject::user, "anna", 1'000).direction = model::TrafficDirection::up;
  lab.lay_down();
  lab.settle();
  lab.move("anna", {300, 500});
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 500U);
  EXPECT_EQ(lab.quota(2, "anna")->used_bytes, 300U);
}

TEST_F(QuotasTest, SaysNothingOfWhoIsRefusedBeforeItKnows) {
  lab.move("anna", {0, 5'000});
  lab.commit();
  lab.add_limit(LimitSubject::user, "anna", 1'000);
  lab.lay_down();
  EXPECT_TRUE(lab.pipeline->urgent());
  EXPECT_FALSE(lab.pipeline->quotas().ready());
  lab.pipeline->tick(lab.now);
  EXPECT_THAT(lab.pipeline->take().commands, IsEmpty());
  for (const auto from : lab.pipeline->usage_wanted())
    lab.pipeline->set_usage(from, {{"anna", {0, from < noon ? 5'000U : 0U}}});
  lab.commit();
  EXPECT_THAT(lab.refused, ElementsAre("anna"));
}

TEST_F(QuotasTest, StopsWhenOnlyTheBufferIsLeft) {
  lab.add_limit(LimitSubject::user, "anna", 1'000).buffer_bytes = 200;
  lab.lay_down();
  lab.settle();
  lab.move("anna", {0, 799});
  lab.commit();
  EXPECT_THAT(lab.refused, IsEmpty());
  lab.move("anna", {0, 1});
  lab.commit();
  EXPECT_THAT(lab.refused, ElementsAre("anna"));
}

TEST_F(QuotasTest, OnlyTellsWhenNotEnforced) {
  lab.add_limit(LimitSubject::user, "anna", 1'000).enforce = false;
  lab.lay_down();
  lab.settle();
  lab.move("anna", {0, 2'000});
  lab.commit();
  EXPECT_THAT(lab.refused, IsEmpty());
  EXPECT_THAT(lab.ends, IsEmpty());
  EXPECT_THAT(lab.texts(EventKind::quota_reached), ElementsAre(StartsWith("anna has reached the limit of 1.00 kB")));
}

TEST_F(QuotasTest, TellsEachThresholdOnceAPeriod) {
  anna_may(1'000);
  for (int i = 0; i < 99; ++i) lab.move("anna", {0, 10});
  lab.commit();
  EXPECT_THAT(lab.texts(EventKind::quota_near),
              ElementsAre(StartsWith("anna has used 50 % of 1.00 kB (down and up, "),
                          StartsWith("anna has used 80 % of"), StartsWith("anna has used 95 % of")));
  EXPECT_EQ(lab.quota(1, "anna")->state, QuotaState::near);
  lab.crash();
  lab.settle();
  lab.move("anna", {0, 1});
  lab.commit();
  EXPECT_THAT(lab.texts(EventKind::quota_near), SizeIs(3));
  lab.advance(15 * 24h);
  lab.move("anna", {0, 600});
  lab.commit();
  EXPECT_THAT(lab.texts(EventKind::quota_near), SizeIs(4));
}

TEST_F(QuotasTest, SaysTheGreatestOfThresholdsThatArePassedAtOnce) {
  anna_may(1'000);
  lab.move("anna", {0, 850});
  lab.commit();
  EXPECT_THAT(lab.texts(EventKind::quota_near), ElementsAre(StartsWith("anna has used 80 % of")));
}

TEST_F(QuotasTest, LetsInAgainWithANewPeriod) {
  auto& limit = lab.add_limit(LimitSubject::user, "anna", 1'000);
  limit.period.kind = model::PeriodKind::day;
  limit.period.zone = "Asia/Kathmandu";
  lab.lay_down();
  lab.settle();
  lab.move("anna", {0, 1'500});
  lab.commit();
  EXPECT_THAT(lab.refused, ElementsAre("anna"));
  lab.advance(6h + 15min - 1s);  // 23:59:59 there
  lab.commit();
  EXPECT_THAT(lab.refused, ElementsAre("anna"));
  lab.advance(1s);
  const auto effects = lab.commit();
  EXPECT_THAT(lab.refused, IsEmpty());
  EXPECT_THAT(lab.texts(EventKind::quota_reset), ElementsAre(StartsWith("anna may move data again, has used 0 B of")));
  ASSERT_THAT(effects.periods, SizeIs(1));
  EXPECT_EQ(effects.periods[0].used_bytes, 1'500U);
  EXPECT_EQ(effects.periods[0].end_at, lab.now);
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 0U);
}

TEST_F(QuotasTest, CountsLateAndEarlyBytesInThePeriodOfTheirMinute) {
  lab.add_limit(LimitSubject::user, "anna", 10'000).period.kind = model::PeriodKind::day;
  lab.lay_down();
  lab.settle();
  lab.now = base::Time{sys_days{2026y / 11 / 22}} - 1s;
  lab.pipeline->tick(lab.now);
  lab.move("anna", {0, 100});
  lab.move("anna", {0, 7}, -2s);  // a clock ahead of ours: tomorrow
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 100U);
  lab.advance(1s);
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 7U);
  lab.move("anna", {0, 50}, 30s);  // yesterday
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 7U);
  lab.settle();
  EXPECT_EQ(lab.periods.at(0).used_bytes, 100U);
  lab.crash();
  lab.settle();
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 7U);
}

TEST_F(QuotasTest, LetsAUsersOwnLimitReplaceThoseForEachMemberButNoPool) {
  lab.limits.groups.push_back({"staff", {"anna", "bert"}, ""});
  lab.add_limit(LimitSubject::each, "staff", 100);
  lab.add_limit(LimitSubject::each, model::everyone, 200);
  lab.add_limit(LimitSubject::group, "staff", 1'000);
  lab.add_limit(LimitSubject::user, "anna", 600);
  lab.lay_down();
  lab.settle();
  lab.move("anna", {0, 500});
  lab.move("bert", {0, 100});
  lab.move("carl", {0, 200});
  lab.commit();
  EXPECT_THAT(lab.refused, ElementsAre("bert", "carl"));
  EXPECT_EQ(lab.quota(1, "anna"), nullptr);
  EXPECT_EQ(lab.quota(3, "")->used_bytes, 600U);
  EXPECT_EQ(lab.quota(3, "")->group, "staff");
  lab.limits.limits.pop_back();
  lab.lay_down();
  lab.settle();
  EXPECT_THAT(lab.refused, ElementsAre("anna", "bert", "carl"));
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 500U);
}

TEST_F(QuotasTest, StopsAllMembersOfAPoolTogether) {
  lab.limits.groups.push_back({"staff", {"anna", "bert"}, ""});
  lab.add_limit(LimitSubject::group, "staff", 1'000);
  lab.lay_down();
  lab.settle();
  lab.move("anna", {0, 600});
  lab.move("carl", {0, 600});
  lab.move("bert", {0, 400});
  lab.commit();
  EXPECT_THAT(lab.refused, ElementsAre("anna", "bert"));
  EXPECT_THAT(lab.ends, SizeIs(2));
  EXPECT_THAT(lab.texts(EventKind::quota_reached), ElementsAre(StartsWith("the group staff is stopped")));
  lab.limits.groups[0].members = {"anna"};
  lab.lay_down();
  lab.settle();
  EXPECT_THAT(lab.refused, IsEmpty());
  EXPECT_EQ(lab.quota(1, "")->used_bytes, 600U);
}

TEST_F(QuotasTest, CountsWhatMovedBeforeTheLimitWasLaidDown) {
  lab.move("anna", {0, 300});
  lab.commit();
  lab.move("anna", {0, 40});
  lab.add_limit(LimitSubject::each, model::everyone, 1'000);
  lab.lay_down();
  lab.move("anna", {0, 5});
  lab.settle();
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 345U);
}

TEST_F(QuotasTest, CountsWhatMovesBetweenTheCommitAndTheReading) {
  lab.move("anna", {0, 300});
  lab.add_limit(LimitSubject::user, "anna", 1'000);
  lab.lay_down();
  lab.pipeline->take();
  lab.move("anna", {0, 44});
  for (const auto from : lab.pipeline->usage_wanted()) {
    lab.pipeline->set_usage(from, {{"anna", {0, from < noon ? 300U : 0U}}});
    lab.move("anna", {0, 1});
  }
  EXPECT_GE(lab.truth.size(), 4U);
  std::uint64_t moved = 0;
  for (const auto& one : lab.truth) moved += one.bytes.tx_bytes;
  lab.pipeline->take();
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, moved);
}

TEST_F(QuotasTest, TellsViewersOfAQuotaThatGoes) {
  anna_may(1'000);
  lab.move("anna", {0, 2'000});
  lab.commit();
  lab.limits.limits.clear();
  lab.lay_down();
  const auto effects = lab.commit();
  EXPECT_THAT(lab.refused, IsEmpty());
  EXPECT_THAT(lab.texts(EventKind::quota_reset), ElementsAre(StartsWith("anna is not bound any more by 1.00 kB")));
  const bool gone = std::ranges::any_of(
      effects.changes, [](const auto& change) { return std::holds_alternative<model::QuotaGone>(change); });
  EXPECT_TRUE(gone);
}

TEST_F(QuotasTest, TellsSmallMovesAtTheTickAndNoSooner) {
  anna_may(1'000'000);
  lab.move("anna", {0, 1'000});
  const auto count = [](const Effects& effects) {
    return std::ranges::count_if(effects.changes,
                                 [](const auto& one) { return std::holds_alternative<model::QuotaChanged>(one); });
  };
  EXPECT_EQ(count(lab.commit()), 0);
  lab.advance(1s);
  EXPECT_EQ(count(lab.commit()), 1);
  lab.move("anna", {0, 999});
  lab.advance(1s);
  EXPECT_EQ(count(lab.commit()), 0);
}

TEST_F(QuotasTest, CountsAgainFromTheStoreWhenTheClockWasSet) {
  lab.add_limit(LimitSubject::user, "anna", 10'000).period.kind = model::PeriodKind::day;
  lab.lay_down();
  lab.settle();
  lab.move("anna", {0, 100});
  lab.advance(24h);
  lab.settle();
  lab.move("anna", {0, 20});
  lab.commit();
  lab.advance(-24h);
  lab.settle();
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 100U);
  lab.advance(24h);
  lab.settle();
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 20U);
}

}  // namespace davylamp::core
