#include "api/live_hub.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <map>

#include "api/testing/api_under_test.hpp"
#include "api/testing/sample.hpp"
#include "base/codec_read.hpp"

namespace davylamp::api {
namespace {

using base::Milliseconds;
using testing::sample_closed;
using testing::sample_event;
using testing::sample_server;
using testing::sample_session;
using Text = std::shared_ptr<const std::string>;

LiveFrame read_frame(const Text& text) {
  return base::value_or_throw(base::json::read<LiveFrame>(*text));
}

class LiveHubTest : public ::testing::Test {
 protected:
  LiveHubTest() {
    view_.reset({sample_session({.id = 1}), sample_session({.id = 2, .user = "bob"})}, {sample_server("fra-1")}, {});
  }

  void apply(const std::vector<model::Change>& changes) {
    view_.apply(changes);
    for (const auto& change : changes) hub_.note(change);
  }
  void update(model::SessionId id, std::uint64_t rx_bytes) {
    apply({model::SessionUpdated{id, rx_bytes, 0, 1, 2, clock_.now(), std::nullopt}});
  }
  // The clock goes on to the moment that the hub waits for, and the frame is built.
  Milliseconds next_frame() {
    const auto waited = hub_.wait().value();
    clock_.advance(waited);
    hub_.tick();
    return waited;
  }
  // What the viewer would get without waiting; null when it would wait.
  Text take(LiveConnection& connection) {
    Text text;
    bool done = false;
    boost::asio::cancellation_signal stop;
    const auto keep = [&](const std::exception_ptr&, Text got) {
      text = std::move(got);
      done = true;
    };
    loop_.restart();
    boost::asio::co_spawn(loop_, connection.next(), boost::asio::bind_cancellation_slot(stop.slot(), keep));
    loop_.poll();
    if (!done) stop.emit(boost::asio::cancellation_type::terminal);
    loop_.restart();
    loop_.poll();
    EXPECT_TRUE(done);
    return text;
  }
  ChangesFrame take_changes(LiveConnection& connection) { return std::get<ChangesFrame>(read_frame(take(connection))); }

  boost::asio::io_context loop_{1};
  base::ManualClock clock_;
  LiveView view_;
  LiveHub hub_{view_, clock_, loop_.get_executor()};
};

}  // namespace

TEST_F(LiveHubTest, BeginsWithASnapshotOfEverything) {
  view_.apply({model::EventHappened{sample_event(1)}, model::EventHappened{sample_event(2)}});
  const auto viewer = hub_.join("ann");
  const auto frame = std::get<SnapshotFrame>(read_frame(take(*viewer)));
  EXPECT_EQ(frame.sessions, (std::vector{*view_.session(1), *view_.session(2)}));
  EXPECT_EQ(frame.servers, std::vector{*view_.server("fra-1")});
  ASSERT_EQ(frame.events.size(), 2U);
  EXPECT_EQ(frame.events.front().id, 2U);
  EXPECT_EQ(frame.at, clock_.now());
}

TEST_F(LiveHubTest, NumbersFramesWithoutGapsFromTheSnapshotOn) {
  const auto viewer = hub_.join("ann");
  const auto first = std::get<SnapshotFrame>(read_frame(take(*viewer))).number;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    update(1, 10'000 * i);
    next_frame();
    EXPECT_EQ(take_changes(*viewer).number, first + i);
  }
}

TEST_F(LiveHubTest, EndsTheConnectionOfATokenThatExpired) {
  const auto page = hub_.join("ann", "login");
  const auto token = hub_.join("ann", "api-token-1", {}, clock_.now() + base::Seconds(1));
  take(*page);
  take(*token);
  update(1, 10'000);
  next_frame();
  take_changes(*page);
  take_changes(*token);
  clock_.advance(base::Seconds(1));
  update(1, 20'000);
  next_frame();
  take_changes(*page);
  EXPECT_EQ(take(*token), nullptr);
}

TEST_F(LiveHubTest, MergesChangesIntoTheLastState) {
  const auto viewer = hub_.join("ann");
  take(*viewer);
  update(1, 10'000);
  update(1, 20'000);
  update(2, 30'000);
  update(1, 40'000);
  update(99, 1);
  next_frame();
  const auto frame = take_changes(*viewer);
  ASSERT_EQ(frame.updated.value().size(), 2U);
  EXPECT_EQ(frame.updated->front().id, 1U);
  EXPECT_EQ(frame.updated->front().rx_bytes, 40'000U);
  EXPECT_FALSE(frame.updated->front().real_address);
  EXPECT_FALSE(frame.opened || frame.closed || frame.servers || frame.events);
}

TEST_F(LiveHubTest, TellsWhatOpenedEndedRoamedAndHappened) {
  const auto viewer = hub_.join("ann");
  take(*viewer);
  auto roamed = sample_session({.id = 2, .user = "bob", .country_code = "JP"});
  model::SessionUpdated moved{2, 1, 1, 1, 1, clock_.now(), roamed};
  apply({model::SessionOpened{sample_session({.id = 3})}, model::SessionUpdated{3, 77'000, 1, 1, 1, clock_.now(), {}},
         moved, model::SessionClosed{sample_closed({.id = 1})}, model::ServerChanged{sample_server("hel-1")},
         model::EventHappened{sample_event(1)}, model::EventHappened{sample_event(2)}});
  next_frame();
  const auto frame = take_changes(*viewer);
  ASSERT_EQ(frame.opened.value().size(), 1U);
  EXPECT_EQ(frame.opened->front().rx_bytes, 77'000U);
  ASSERT_EQ(frame.updated.value().size(), 1U);
  EXPECT_EQ(frame.updated->front().place, roamed.place);
  EXPECT_EQ(frame.closed.value().front().end_reason, model::EndReason::left);
  EXPECT_EQ(frame.servers.value().front().name, "hel-1");
  EXPECT_EQ(frame.events.value().front().id, 2U);
}

TEST_F(LiveHubTest, TellsTheNumbersOfManyOnceEach) {
  view_.apply({model::SessionOpened{sample_session({.id = 4})}});
  const auto viewer = hub_.join("ann");
  take(*viewer);
  const auto at = clock_.now();
  const auto roamed = sample_session({.id = 2, .user = "bob", .country_code = "JP"});
  apply({model::SessionsMoved{{{4, 44'000, 0, 1, 2, at}, {1, 41'000, 0, 1, 2, at}, {2, 42'000, 0, 1, 2, at}}},
         model::SessionUpdated{2, 43'000, 0, 1, 2, at, roamed}, model::SessionOpened{sample_session({.id = 3})},
         model::SessionsMoved{{{1, 45'000, 0, 1, 2, at}, {3, 46'000, 0, 1, 2, at}, {9, 1, 1, 1, 1, at}}}});
  next_frame();
  const auto frame = take_changes(*viewer);
  ASSERT_EQ(frame.opened.value().size(), 1U);
  EXPECT_EQ(frame.opened->front().rx_bytes, 46'000U);
  std::map<model::SessionId, std::uint64_t> updated;
  for (const auto& session : frame.updated.value()) {
    EXPECT_TRUE(updated.emplace(session.id, session.rx_bytes).second) << session.id << " is there twice";
    EXPECT_EQ(session.place.has_value(), session.id == 2) << "facts where they changed";
  }
  EXPECT_EQ(updated, (std::map<model::SessionId, std::uint64_t>{{1, 45'000}, {2, 43'000}, {4, 44'000}}));
}

TEST_F(LiveHubTest, TellsTheEndOfASessionThatOpenedInTheSameFrame) {
  const auto viewer = hub_.join("ann");
  take(*viewer);
  apply({model::SessionOpened{sample_session({.id = 3})}, model::SessionClosed{sample_closed({.id = 3})}});
  next_frame();
  const auto frame = take_changes(*viewer);
  EXPECT_FALSE(frame.opened);
  EXPECT_EQ(frame.closed.value().front().id, 3U);
}

TEST_F(LiveHubTest, SharesOneSerialisationAmongAllViewers) {
  const auto ann = hub_.join("ann");
  const auto bob = hub_.join("bob");
  EXPECT_EQ(take(*ann), take(*bob));
  update(1, 10'000);
  next_frame();
  const auto first = take(*ann);
  ASSERT_TRUE(first);
  EXPECT_EQ(first, take(*bob));
}

TEST_F(LiveHubTest, SharesOneSerialisationAmongThoseOfOneScope) {
  const std::vector<model::ServerGroup> groups{{"europe", {"fra-*"}}, {"asia", {"hkg-1"}}};
  const auto all = hub_.join("ann");
  const auto bob = hub_.join("bob", "", Scope({"europe"}, groups));
  const auto eve = hub_.join("eve", "", Scope({"europe"}, groups));
  const auto kim = hub_.join("kim", "", Scope({"asia"}, groups));
  EXPECT_EQ(take(*bob), take(*eve));
  EXPECT_TRUE(std::get<SnapshotFrame>(read_frame(take(*kim))).sessions.empty());
  take(*all);
  update(1, 10'000);
  next_frame();
  const auto seen = take(*bob);
  EXPECT_EQ(seen, take(*eve));
  EXPECT_EQ(std::get<ChangesFrame>(read_frame(seen)).updated->size(), 1U);
  const auto nothing = take_changes(*kim);
  EXPECT_FALSE(nothing.updated);
  EXPECT_EQ(nothing.number, take_changes(*all).number) << "numbers have no gaps for anybody";
}

TEST_F(LiveHubTest, EndsTheConnectionsOfThoseWhoSeeOtherServersNow) {
  std::vector<model::ServerGroup> groups{{"europe", {"fra-*"}}, {"asia", {"hkg-1"}}};
  const auto all = hub_.join("ann");
  const auto bob = hub_.join("bob", "", Scope({"europe"}, groups));
  const auto kim = hub_.join("kim", "", Scope({"asia"}, groups));
  take(*all);
  take(*bob);
  take(*kim);
  EXPECT_TRUE(hub_.has_scopes());
  groups.front().servers = {"par-1"};
  hub_.close_changed_scopes(groups);
  update(1, 10'000);
  next_frame();
  EXPECT_TRUE(take(*all));
  EXPECT_FALSE(take(*bob));
  EXPECT_TRUE(take(*kim));
}

TEST_F(LiveHubTest, MakesOneSnapshotForAHundredThatJoinAtOnce) {
  std::vector<std::unique_ptr<LiveConnection>> viewers;
  for (int i = 0; i < 100; ++i) viewers.push_back(hub_.join("ann"));
  for (const auto& viewer : viewers) ASSERT_TRUE(take(*viewer));
  EXPECT_EQ(hub_.stats().snapshots, 1U);
}

TEST_F(LiveHubTest, GivesASlowViewerAFreshSnapshotInsteadOfItsBacklog) {
  const auto slow = hub_.join("ann");
  const auto quick = hub_.join("bob");
  take(*slow);
  take(*quick);
  for (std::uint64_t i = 1; i <= 6; ++i) {
    update(1, 10'000 * i);
    next_frame();
    EXPECT_EQ(take_changes(*quick).number, i);
  }
  const auto frame = std::get<SnapshotFrame>(read_frame(take(*slow)));
  EXPECT_EQ(frame.number, 6U);
  EXPECT_EQ(frame.sessions.front().rx_bytes, 60'000U);
  EXPECT_EQ(hub_.stats().slow, 1U);
  update(1, 70'000);
  next_frame();
  EXPECT_EQ(take_changes(*slow).number, 7U);
}

TEST_F(LiveHubTest, SendsSoonWhenItWasQuietAndAtMostEveryHundredMilliseconds) {
  const auto viewer = hub_.join("ann");
  clock_.advance(Milliseconds(500));
  update(1, 10'000);
  EXPECT_EQ(next_frame(), Milliseconds(20));
  update(1, 20'000);
  EXPECT_EQ(next_frame(), Milliseconds(100));
  clock_.advance(Milliseconds(90));
  update(1, 30'000);
  EXPECT_EQ(next_frame(), Milliseconds(20));
}

TEST_F(LiveHubTest, NeverLetsAChangeWaitForLongerThanAFrame) {
  const auto viewer = hub_.join("ann");
  for (int gap = 0; gap < 300; gap += 7) {
    clock_.advance(Milliseconds(gap));
    hub_.tick();
    update(1, 10'000);
    EXPECT_LE(next_frame(), Milliseconds(100)) << gap;
  }
}

TEST_F(LiveHubTest, KeepsSendingWhenTheClockIsSetBack) {
  const auto viewer = hub_.join("ann");
  update(1, 10'000);
  next_frame();
  clock_.advance(-std::chrono::hours(1));
  update(1, 20'000);
  EXPECT_LE(next_frame(), Milliseconds(100));
  EXPECT_EQ(hub_.stats().frames, 2U);
}

TEST_F(LiveHubTest, BeatsWithinFiveSecondsWhenNothingHappens) {
  const auto viewer = hub_.join("ann");
  take(*viewer);
  EXPECT_LT(next_frame(), Milliseconds(5'000));
  const auto text = take(*viewer);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "{\"kind\":\"changes\",\"number\":1,\"at\":1795000004}");
}

TEST_F(LiveHubTest, BuildsNothingWithoutViewers) {
  update(1, 10'000);
  EXPECT_FALSE(hub_.wait());
  hub_.tick();
  EXPECT_EQ(hub_.stats().frames, 0U);
}

TEST_F(LiveHubTest, ShowsANewViewerWhatHappenedWhileNobodyWatched) {
  take(*hub_.join("ann"));
  update(1, 10'000);
  const auto viewer = hub_.join("ann");
  EXPECT_EQ(std::get<SnapshotFrame>(read_frame(take(*viewer))).sessions.front().rx_bytes, 10'000U);
}

TEST_F(LiveHubTest, GivesASnapshotToWhoAsksForOne) {
  const auto viewer = hub_.join("ann");
  take(*viewer);
  EXPECT_FALSE(take(*viewer));
  viewer->received(R"({"kind":"snapshot"})");
  EXPECT_TRUE(std::holds_alternative<SnapshotFrame>(read_frame(take(*viewer))));
  viewer->received(R"({"kind":"quit"})");
  viewer->received("\xff{");
  EXPECT_FALSE(take(*viewer));
  EXPECT_EQ(hub_.stats().bad_messages, 2U);
}

TEST_F(LiveHubTest, RefusesMoreViewersThanItMayHave) {
  std::vector<std::unique_ptr<LiveConnection>> viewers;
  for (int i = 0; i < 512; ++i) viewers.push_back(hub_.join("ann"));
  EXPECT_EQ(hub_.join("ann"), nullptr);
  EXPECT_EQ(hub_.stats().refused, 1U);
  viewers.pop_back();
  EXPECT_NE(hub_.join("ann"), nullptr);
}

TEST_F(LiveHubTest, EndsTheConnectionsOfAnAccount) {
  const auto ann = hub_.join("ann");
  const auto bob = hub_.join("bob");
  EXPECT_EQ(hub_.accounts(), (std::vector<std::string>{"ann", "bob"}));
  hub_.close("ann");
  EXPECT_FALSE(take(*ann));
  EXPECT_TRUE(take(*bob));
}

TEST_F(LiveHubTest, WakesAViewerThatWaits) {
  const auto viewer = hub_.join("ann");
  take(*viewer);
  Text text;
  loop_.restart();
  boost::asio::co_spawn(loop_, viewer->next(), [&text](const std::exception_ptr&, Text got) { text = std::move(got); });
  loop_.poll();
  EXPECT_FALSE(text);
  update(1, 10'000);
  next_frame();
  loop_.poll();
  ASSERT_TRUE(text);
  EXPECT_TRUE(std::holds_alternative<ChangesFrame>(read_frame(text)));
}

TEST_F(LiveHubTest, RunsByItselfUntilItIsCancelled) {
  LiveHub hub(view_, clock_, loop_.get_executor(), {.gather = Milliseconds(0)});
  boost::asio::cancellation_signal stop;
  std::exception_ptr end;
  boost::asio::co_spawn(
      loop_, hub.run(),
      boost::asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr error) { end = error; }));
  loop_.poll();
  const auto viewer = hub.join("ann");
  take(*viewer);
  clock_.advance(Milliseconds(100));
  hub.note(model::EventHappened{sample_event(1)});
  loop_.poll();
  EXPECT_EQ(take_changes(*viewer).events.value().front().id, 1U);
  stop.emit(boost::asio::cancellation_type::terminal);
  loop_.restart();
  loop_.poll();
  EXPECT_TRUE(end);
}

TEST_F(LiveHubTest, EndsItsConnectionsWhenItIsDestroyed) {
  auto hub = std::make_unique<LiveHub>(view_, clock_, loop_.get_executor());
  const auto viewer = hub->join("ann");
  hub.reset();
  bool ended = false;
  loop_.restart();
  boost::asio::co_spawn(loop_, viewer->next(), [&ended](const std::exception_ptr&, const Text& got) { ended = !got; });
  loop_.poll();
  EXPECT_TRUE(ended);
}

}  // namespace davylamp::api
