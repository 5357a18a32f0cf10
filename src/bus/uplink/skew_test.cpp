#include "bus/uplink/skew.hpp"

#include <gtest/gtest.h>

#include "bus/uplink/token_pace.hpp"

namespace davylamp::uplink {
namespace {

using base::Milliseconds;
using base::Seconds;
constexpr auto noon = base::from_unix_seconds(1'795'000'000);

// Asked at noon: so long there, so long back, answered at once by a clock that is off.
RoundTrip trip(Milliseconds there, Milliseconds back, Milliseconds off) {
  return {noon, noon + there + off, noon + there + off, noon + there + back};
}

TEST(Skew, IsExactWhenBothWaysTakeAsLong) {
  const auto skew = skew_of(trip(Milliseconds{40}, Milliseconds{40}, Seconds{5}));
  ASSERT_TRUE(skew);
  EXPECT_EQ(skew->offset, Seconds{5});
  EXPECT_EQ(skew->uncertainty, Milliseconds{41});
}

TEST(Skew, IsNeverFurtherOffThanItsUncertainty) {
  for (const int there : {0, 1, 30, 500}) {
    for (const int back : {0, 2, 80, 900}) {
      for (const int off : {-90'000, -1'500, 0, 7, 31'000}) {
        const auto skew = skew_of(trip(Milliseconds{there}, Milliseconds{back}, Milliseconds{off}));
        ASSERT_TRUE(skew);
        EXPECT_LE(std::chrono::abs(skew->offset - Milliseconds{off}), skew->uncertainty);
      }
    }
  }
}

TEST(Skew, TimesThatContradictEachOtherSayNothing) {
  EXPECT_FALSE(skew_of({noon, noon + Seconds{9}, noon + Seconds{8}, noon + Seconds{20}}));
  EXPECT_FALSE(skew_of({noon, noon, noon + Seconds{9}, noon + Seconds{1}}));
  EXPECT_FALSE(skew_of({noon, noon, noon, noon - Seconds{1}}));
}

TEST(SkewMeter, BelievesTheQuickestRoundTrip) {
  SkewMeter meter;
  EXPECT_TRUE(meter.add(trip(Milliseconds{900}, Milliseconds{0}, Seconds{10})));
  EXPECT_FALSE(meter.add(trip(Milliseconds{5}, Milliseconds{5}, Seconds{10})));
  EXPECT_EQ(meter.measured()->offset, Seconds{10});
  EXPECT_FALSE(meter.add(trip(Milliseconds{0}, Milliseconds{900}, Seconds{10})));
  EXPECT_EQ(meter.measured()->offset, Seconds{10});
}

TEST(SkewMeter, CorrectsNothingWithinASecond) {
  SkewMeter meter;
  EXPECT_FALSE(meter.add(trip(Milliseconds{1}, Milliseconds{1}, Milliseconds{990})));
  EXPECT_EQ(meter.in_force(), Milliseconds{0});
}

TEST(SkewMeter, CorrectsNothingThatTheWayAloneCanExplain) {
  SkewMeter meter;
  EXPECT_FALSE(meter.add(trip(Milliseconds{3'000}, Milliseconds{0}, Milliseconds{0})));
  EXPECT_EQ(meter.in_force(), Milliseconds{0});
}

TEST(SkewMeter, StaysWhereItIsWhileTheClockOnlyDrifts) {
  SkewMeter meter;
  meter.add(trip(Milliseconds{1}, Milliseconds{1}, Seconds{5}));
  const auto before = meter.in_force();
  meter.begin_round();
  EXPECT_FALSE(meter.add(trip(Milliseconds{1}, Milliseconds{1}, Milliseconds{5'800})));
  EXPECT_EQ(meter.in_force(), before);
  meter.begin_round();
  EXPECT_TRUE(meter.add(trip(Milliseconds{1}, Milliseconds{1}, Milliseconds{0})));
  EXPECT_EQ(meter.in_force(), Milliseconds{0});
}

TEST(SkewMeter, GoesOnFromWhatWasKnown) {
  SkewMeter meter(Milliseconds{5'200});
  EXPECT_EQ(meter.in_force(), Milliseconds{5'200});
  EXPECT_FALSE(meter.add(trip(Milliseconds{1}, Milliseconds{1}, Milliseconds{5'204})));
  EXPECT_EQ(meter.in_force(), Milliseconds{5'200});
  EXPECT_EQ(SkewMeter(Milliseconds{400}).in_force(), Milliseconds{0});
}

TEST(Skew, EveryTimeThatTheCollectorGaveIsCorrected) {
  model::PeerFacts facts;
  facts.connected_at = noon;
  model::Observation seen{{"n", "openvpn", "s"}, 1, 1, noon, model::PeerSeen{"a", {}, 0, facts}};
  correct(seen, Seconds{60});
  EXPECT_EQ(seen.at, noon - Seconds{60});
  EXPECT_EQ(std::get<model::PeerSeen>(seen.fact).facts->connected_at, noon - Seconds{60});
  model::Observation last{{"n", "openvpn", "s"}, 1, 2, noon, model::PeerFinal{facts, {}, noon}};
  correct(last, -Seconds{60});
  EXPECT_EQ(std::get<model::PeerFinal>(last.fact).ended_at, noon + Seconds{60});
  EXPECT_EQ(std::get<model::PeerFinal>(last.fact).facts.connected_at, noon + Seconds{60});
}

TEST(Skew, ATimeThatIsNotKnownStaysSo) {
  model::Observation seen{{"n", "openvpn", "s"}, 1, 1, noon, model::PeerSeen{"a", {}, 0, model::PeerFacts{}}};
  correct(seen, Seconds{60});
  EXPECT_EQ(std::get<model::PeerSeen>(seen.fact).facts->connected_at, base::Time{});
}

TEST(TokenPace, TurnsAnAddressAwayThatGuesses) {
  TokenPace pace;
  const auto guesser = boost::asio::ip::make_address("192.0.2.1");
  for (unsigned i = 0; i < TokenPace::most_failures; ++i) {
    EXPECT_FALSE(pace.is_blocked(guesser, noon));
    pace.failed(guesser, noon);
  }
  EXPECT_TRUE(pace.is_blocked(guesser, noon + Seconds{59}));
  EXPECT_FALSE(pace.is_blocked(boost::asio::ip::make_address("192.0.2.2"), noon));
  EXPECT_FALSE(pace.is_blocked(guesser, noon + Seconds{60}));
}

TEST(TokenPace, ASubscribersWholeNetworkCountsAsOne) {
  TokenPace pace;
  for (unsigned i = 0; i < TokenPace::most_failures; ++i)
    pace.failed(boost::asio::ip::make_address("2001:db8::" + std::to_string(i)), noon);
  EXPECT_TRUE(pace.is_blocked(boost::asio::ip::make_address("2001:db8::ffff"), noon));
  EXPECT_FALSE(pace.is_blocked(boost::asio::ip::make_address("2001:db8:0:1::1"), noon));
}

}  // namespace
}  // namespace davylamp::uplink
