// Resets, rolling limits and grants.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/quota/quotas_fixture.hpp"

namespace davylamp::core {
namespace {

using model::LimitSubject;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

model::Grant grant_of(std::uint64_t limit_id, std::uint64_t bytes, base::Time until) {
  model::Grant grant;
  grant.id = 7;
  grant.limit_id = limit_id;
  grant.bytes = bytes;
  grant.until_at = until;
  return grant;
}

model::Reset reset_of(std::uint64_t limit_id, std::string user, base::Time at) {
  model::Reset reset;
  reset.limit_id = limit_id;
  reset.user = std::move(user);
  reset.at = at;
  return reset;
}

}  // namespace

TEST_F(QuotasTest, ReadmitsAfterAResetAndWritesItWithTheBytesItForgives) {
  anna_may(1'000);
  lab.move("anna", {0, 1'200});
  lab.commit();
  lab.move("anna", {0, 34});
  lab.limits.resets.push_back(reset_of(1, "anna", lab.now));
  lab.lay_down();
  const auto effects = lab.commit();
  EXPECT_THAT(lab.refused, IsEmpty());
  ASSERT_THAT(effects.resets, SizeIs(1));
  EXPECT_EQ(effects.resets[0].forgiven, (model::Counters{0, 1'234}));
  EXPECT_EQ(effects.traffic.at(0).bytes, (model::Counters{0, 34}));
  lab.move("anna", {0, 5});
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 5U);
  lab.crash();
  lab.settle();
  lab.report("anna");
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 5U);
}

TEST_F(QuotasTest, ForgetsAResetWithItsPeriod) {
  anna_may(1'000);
  lab.move("anna", {0, 900});
  lab.limits.resets.push_back(reset_of(1, "anna", lab.now));
  lab.lay_down();
  lab.settle();
  lab.advance(15 * 24h);
  lab.move("anna", {0, 300});
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 300U);
}

TEST_F(QuotasTest, LetsOldBytesOfARollingLimitDropOutHourByHour) {
  auto& limit = lab.add_limit(LimitSubject::user, "anna", 1'000);
  limit.period.kind = model::PeriodKind::rolling;
  limit.period.days = 1;
  lab.lay_down();
  lab.settle();
  lab.move("anna", {0, 400});
  lab.advance(2h);
  lab.settle();
  lab.move("anna", {0, 600});
  lab.commit();
  EXPECT_THAT(lab.refused, ElementsAre("anna"));
  lab.advance(22h - 1s);
  lab.settle();
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 1'000U);
  lab.advance(1s);
  lab.settle();
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 600U);
  EXPECT_THAT(lab.refused, IsEmpty());
}

TEST_F(QuotasTest, HoldsAResetOfARollingLimitUntilTheForgivenBytesAreGone) {
  auto& limit = lab.add_limit(LimitSubject::user, "anna", 1'000);
  limit.period.kind = model::PeriodKind::rolling;
  limit.period.days = 1;
  lab.lay_down();
  lab.settle();
  lab.move("anna", {0, 900});
  lab.advance(5h);
  lab.settle();
  lab.limits.resets.push_back(reset_of(1, "anna", lab.now));
  lab.lay_down();
  lab.settle();
  lab.move("anna", {0, 30});
  for (int hour = 0; hour < 23; ++hour) {
    lab.advance(1h);
    lab.settle();
    if (hour == 9) lab.crash();
    if (hour == 9) lab.settle();
    ASSERT_EQ(lab.quota(1, "anna")->used_bytes, 30U) << hour;
  }
  lab.advance(2h);
  lab.settle();
  EXPECT_EQ(lab.quota(1, "anna")->used_bytes, 0U);
}

TEST_F(QuotasTest, GivesMoreWhileAGrantHolds) {
  anna_may(1'000);
  lab.move("anna", {0, 1'000});
  lab.commit();
  lab.limits.grants.push_back(grant_of(1, 500, noon + 48h));
  lab.lay_down();
  lab.commit();
  EXPECT_THAT(lab.refused, IsEmpty());
  EXPECT_EQ(lab.quota(1, "anna")->allowed_bytes, 1'500U);
  lab.advance(48h);
  lab.commit();
  EXPECT_THAT(lab.refused, ElementsAre("anna"));
  EXPECT_EQ(lab.quota(1, "anna")->allowed_bytes, 1'000U);
}

TEST_F(QuotasTest, ChargesGrantsForWhatAPeriodTookOfThem) {
  anna_may(1'000);
  lab.limits.grants.push_back(grant_of(1, 500, noon + 60 * 24h));
  auto soon = grant_of(1, 100, noon + 20 * 24h);
  soon.id = 8;
  lab.limits.grants.push_back(soon);
  lab.lay_down();
  lab.move("anna", {0, 1'250});
  lab.commit();
  EXPECT_EQ(lab.quota(1, "anna")->allowed_bytes, 1'600U);
  lab.advance(10 * 24h);
  const auto effects = lab.commit();
  ASSERT_THAT(effects.grants, SizeIs(2));
  EXPECT_EQ(effects.grants[0].id, 8U);
  EXPECT_EQ(effects.grants[0].spent_bytes, 100U);
  EXPECT_EQ(effects.grants[1].spent_bytes, 150U);
  EXPECT_EQ(lab.quota(1, "anna")->allowed_bytes, 1'350U);
  EXPECT_EQ(effects.periods.at(0).allowed_bytes, 1'600U);
}

TEST_F(QuotasTest, ChargesAGrantForAPeriodThatEndedWhileNobodyCounted) {
  anna_may(1'000);
  auto grant = grant_of(1, 500, noon + 60 * 24h);
  grant.from_at = noon;
  lab.limits.grants.push_back(grant);
  lab.lay_down();
  lab.move("anna", {0, 1'250});
  lab.commit();
  lab.now += 10 * 24h;
  lab.crash();
  lab.settle();
  EXPECT_EQ(lab.limits.grants[0].spent_bytes, 250U);
  ASSERT_THAT(lab.periods, SizeIs(1));
  EXPECT_EQ(lab.periods[0].used_bytes, 1'250U);
  lab.crash();
  lab.settle();
  EXPECT_EQ(lab.limits.grants[0].spent_bytes, 250U);
  EXPECT_EQ(lab.quota(1, "anna")->allowed_bytes, 1'250U);
}

}  // namespace davylamp::core
