#include "core/quota/refusals.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/quota/testing_lab.hpp"

namespace davylamp::core {
namespace {

using model::EventKind;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

const base::Time start = base::from_unix_seconds(1'795'000'000);

template <class T>
std::vector<T> orders(const Effects& effects) {
  std::vector<T> all;
  for (const auto& command : effects.commands) {
    if (const auto* order = std::get_if<T>(&command.order)) all.push_back(*order);
  }
  return all;
}

class RefusalsTest : public testing::Test {
 protected:
  void stop_anna() {
    lab.add_limit(model::LimitSubject::user, "anna", 100);
    lab.lay_down();
    lab.settle();
    lab.move("anna", {0, 200});
    lab.commit();
  }
  QuotaLab lab{start};
};

}  // namespace

TEST_F(RefusalsTest, OrdersAgainAfterTenSecondsWhileTheSessionIsOpen) {
  stop_anna();
  EXPECT_THAT(lab.ends, SizeIs(1));
  for (int second = 1; second < 10; ++second) lab.advance(1s);
  lab.commit();
  EXPECT_THAT(lab.ends, SizeIs(1));
  lab.advance(1s);
  lab.commit();
  EXPECT_THAT(lab.ends, SizeIs(2));
}

TEST_F(RefusalsTest, EndsASessionOfARefusedUserAsItOpens) {
  stop_anna();
  lab.leave("anna");
  lab.move("anna", {0, 0});
  lab.commit();
  EXPECT_THAT(lab.ends, SizeIs(2));
  EXPECT_NE(lab.ends[0].peer, lab.ends[1].peer);
}

TEST_F(RefusalsTest, TriesOnceAMinuteWhenAUserKeepsComingBack) {
  stop_anna();
  for (int second = 0; second < 180; ++second) {
    lab.leave("anna");
    lab.advance(1s);
    lab.move("anna", {0, 0});
    lab.commit();
  }
  EXPECT_THAT(lab.ends, SizeIs(5));
  EXPECT_THAT(lab.texts(EventKind::user_returns), SizeIs(1));
  lab.leave("anna");
  lab.advance(600s);
  lab.move("anna", {0, 0});
  lab.commit();
  EXPECT_THAT(lab.ends, SizeIs(6));
  lab.leave("anna");
  lab.move("anna", {0, 0});
  lab.commit();
  EXPECT_THAT(lab.ends, SizeIs(7));
}

TEST_F(RefusalsTest, RepeatsTheListEveryThirtySeconds) {
  stop_anna();
  lab.advance(29s);
  EXPECT_THAT(orders<model::RefuseUsers>(lab.commit()), IsEmpty());
  lab.advance(1s);
  EXPECT_THAT(orders<model::RefuseUsers>(lab.commit()), SizeIs(1));
}

TEST_F(RefusalsTest, RefusesABlockedUserUntilTheBlockEnds) {
  lab.lay_down();
  lab.move("anna", {1, 1});
  lab.settle();
  lab.limits.blocks.push_back({"anna", start + 60s, "lost laptop", "root", start});
  lab.lay_down();
  lab.commit();
  EXPECT_THAT(lab.refused, ElementsAre("anna"));
  EXPECT_EQ(lab.ends.at(0).reason, model::EndReason::blocked);
  EXPECT_EQ(lab.ends.at(0).message, "Access is blocked.");
  EXPECT_THAT(lab.texts(EventKind::user_blocked), ElementsAre("anna is blocked: lost laptop"));
  lab.advance(60s);
  lab.commit();
  EXPECT_THAT(lab.refused, IsEmpty());
  EXPECT_THAT(lab.texts(EventKind::user_unblocked), SizeIs(1));
}

TEST_F(RefusalsTest, AsksForAReportWhenTheLimitWillBeReached) {
  lab.add_limit(model::LimitSubject::user, "anna", 10'000'000);
  lab.lay_down();
  lab.settle();
  std::vector<model::ReportBy> asked;
  for (int second = 0; second < 4; ++second) {
    lab.move("anna", {0, 1'000'000});
    lab.advance(1s);
    for (const auto& order : orders<model::ReportBy>(lab.commit())) asked.push_back(order);
  }
  ASSERT_FALSE(asked.empty());
  EXPECT_LE(asked.size(), 2U);
  EXPECT_GT(asked.back().at, start + 7s);
  EXPECT_LT(asked.back().at, start + 13s);
}

TEST_F(RefusalsTest, ListsNearSessionsForTheKernelUntilThereAreNone) {
  lab.add_limit(model::LimitSubject::user, "anna", 5'000'000'000).kernel_stop = true;
  lab.lay_down();
  lab.settle();
  lab.move("anna", {0, 1'000'000'000});
  lab.advance(1s);
  EXPECT_THAT(orders<model::StopInKernel>(lab.commit()), IsEmpty());
  lab.move("anna", {0, 3'500'000'000});
  lab.advance(1s);
  const auto near = orders<model::StopInKernel>(lab.commit());
  ASSERT_THAT(near, SizeIs(1));
  ASSERT_THAT(near[0].stops, SizeIs(1));
  EXPECT_EQ(near[0].stops[0].remaining_bytes, 500'000'000U);
  lab.advance(1s);
  EXPECT_THAT(orders<model::StopInKernel>(lab.commit()), IsEmpty());
  lab.leave("anna");
  lab.advance(1s);
  const auto gone = orders<model::StopInKernel>(lab.commit());
  ASSERT_THAT(gone, SizeIs(1));
  EXPECT_THAT(gone[0].stops, IsEmpty());
}

TEST(RefusedLoginsTest, TellsOnceAMinuteWithACount) {
  RefusedLogins logins;
  model::LoginRefused refused;
  refused.user = "anna";
  refused.why = "quota";
  for (int i = 0; i < 5; ++i) logins.add("udp", start + base::Seconds{i}, refused);
  auto events = logins.take();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].text, "anna was not let in on udp: the limit is reached");
  logins.tick(start + 59s);
  EXPECT_THAT(logins.take(), IsEmpty());
  logins.tick(start + 60s);
  events = logins.take();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].text, "anna was not let in on udp: the limit is reached, 4 times more within a minute");
  logins.tick(start + 120s);
  EXPECT_THAT(logins.take(), IsEmpty());
}

}  // namespace davylamp::core
