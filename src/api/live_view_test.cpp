#include "api/live_view.hpp"

#include <gtest/gtest.h>

#include "api/testing/sample.hpp"

namespace davylamp::api {
namespace {

using testing::sample_closed;
using testing::sample_event;
using testing::sample_now;
using testing::sample_server;
using testing::sample_session;

model::SessionUpdated update(model::SessionId id, std::uint64_t rx_bytes, std::uint64_t tx_bytes) {
  return {id, rx_bytes, tx_bytes, 8, 16, sample_now + base::Seconds(5), std::nullopt};
}

LiveView view_with_one() {
  LiveView view;
  view.reset({sample_session({.id = 1})}, {sample_server("fra-1")}, {});
  return view;
}

}  // namespace

TEST(LiveView, TakesNumbersOfAnUpdate) {
  auto view = view_with_one();
  view.apply({update(1, 9'000, 90'000)});
  EXPECT_EQ(view.session(1)->rx_bytes, 9'000U);
  EXPECT_EQ(view.session(1)->tx_bps, 16U);
  EXPECT_EQ(view.session(1)->last_seen_at, sample_now + base::Seconds(5));
}

TEST(LiveView, NeverLowersCounters) {
  auto view = view_with_one();
  view.apply({update(1, 9'000, 10)});
  EXPECT_EQ(view.session(1)->rx_bytes, 9'000U);
  EXPECT_EQ(view.session(1)->tx_bytes, 5'000U);
  auto again = sample_session({.id = 1});
  view.apply({model::SessionOpened{again}});
  EXPECT_EQ(view.session(1)->rx_bytes, 9'000U);
}

TEST(LiveView, TakesTheNumbersOfManyInWhateverOrder) {
  LiveView view;
  view.reset({sample_session({.id = 1}), sample_session({.id = 2}), sample_session({.id = 5})}, {}, {});
  const auto at = sample_now + base::Seconds(5);
  view.apply({model::SessionsMoved{
      {{1, 9'001, 1, 8, 16, at}, {2, 9'002, 1, 8, 16, at}, {4, 1, 1, 1, 1, at}, {5, 9'005, 1, 8, 16, at}}}});
  EXPECT_EQ(view.session(1)->rx_bytes, 9'001U);
  EXPECT_EQ(view.session(2)->rx_bytes, 9'002U);
  EXPECT_EQ(view.session(5)->rx_bytes, 9'005U);
  EXPECT_EQ(view.session(5)->tx_bytes, 25'000U) << "never lowered";
  EXPECT_EQ(view.session(5)->tx_bps, 16U);
  view.apply({model::SessionsMoved{{{5, 9'105, 1, 8, 24, at}, {1, 9'101, 1, 8, 24, sample_now - base::Seconds(60)}}}});
  EXPECT_EQ(view.session(5)->tx_bps, 24U);
  EXPECT_EQ(view.session(1)->rx_bytes, 9'101U);
  EXPECT_EQ(view.session(1)->tx_bps, 16U) << "a late one says nothing of rates";
  EXPECT_EQ(view.sessions().size(), 3U);
}

TEST(LiveView, KnowsWhichCountersItWasToldBefore) {
  auto view = view_with_one();
  const auto at = sample_now + base::Seconds(5);
  const auto moved = [&](std::uint64_t tx_bytes, std::uint64_t tx_bps, base::Time when) {
    return view.apply_one(model::SessionsMoved{{{1, 9'001, tx_bytes, 8, tx_bps, when}, {77, 1, 1, 1, 1, when}}});
  };
  EXPECT_TRUE(moved(90'000, 16, at));
  EXPECT_FALSE(moved(90'000, 16, at)) << "once they are stored they are told again";
  EXPECT_FALSE(moved(80'000, 24, at - base::Seconds(1))) << "late";
  EXPECT_TRUE(moved(90'000, 0, at)) << "the rate faded";
  EXPECT_TRUE(moved(90'001, 0, at));
  EXPECT_TRUE(view.apply_one(model::SessionClosed{sample_closed({.id = 1})}));
}

TEST(LiveView, IgnoresRatesOfALateUpdate) {
  auto view = view_with_one();
  auto late = update(1, 1, 1);
  late.last_seen_at = sample_now - base::Seconds(60);
  view.apply({late});
  EXPECT_EQ(view.session(1)->tx_bps, 4'000U);
}

TEST(LiveView, IgnoresUpdatesAndEndsOfUnknownSessions) {
  auto view = view_with_one();
  view.apply({update(7, 1, 1), model::SessionClosed{sample_closed({.id = 8})}});
  EXPECT_EQ(view.sessions().size(), 1U);
}

TEST(LiveView, TakesFactsThatCameLate) {
  auto view = view_with_one();
  auto change = update(1, 6'000, 60'000);
  change.facts = sample_session({.id = 1, .country_code = "JP"});
  view.apply({change});
  EXPECT_EQ(view.session(1)->place->country_code, "JP");
  EXPECT_EQ(view.session(1)->rx_bytes, 6'000U);
}

TEST(LiveView, DoesNotReopenAfterTheEndComesTwice) {
  auto view = view_with_one();
  view.apply({model::SessionClosed{sample_closed({.id = 1})}, model::SessionClosed{sample_closed({.id = 1})},
              update(1, 1, 1)});
  EXPECT_TRUE(view.sessions().empty());
}

TEST(LiveView, KeepsTheNewestFiftyEventsEachOnce) {
  LiveView view;
  for (std::uint64_t id = 1; id <= 60; ++id) view.apply({model::EventHappened{sample_event(id)}});
  view.apply({model::EventHappened{sample_event(60)}, model::EventHappened{sample_event(30)},
              model::EventHappened{sample_event(2)}});
  ASSERT_EQ(view.events().size(), 50U);
  EXPECT_EQ(view.events().front().id, 60U);
  EXPECT_EQ(view.events().back().id, 11U);
}

TEST(LiveView, ReplacesAServerByName) {
  auto view = view_with_one();
  auto server = sample_server("fra-1");
  server.state = model::ServerState::down;
  view.apply({model::ServerChanged{server}, model::ServerChanged{sample_server("hel-1")}});
  EXPECT_EQ(view.servers().size(), 2U);
  EXPECT_EQ(view.server("fra-1")->state, model::ServerState::down);
}

}  // namespace davylamp::api
