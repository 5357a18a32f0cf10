#include "sim/timer_wheel.hpp"

#include <gmock/gmock.h>

namespace davylamp::sim {
namespace {

using base::Milliseconds;
using testing::ElementsAre;

const auto start = base::from_unix_seconds(1'795'000'000);

std::vector<int> due_at(TimerWheel<int>& wheel, Milliseconds at) {
  std::vector<int> all;
  wheel.advance(start + at, [&](int entry) { all.push_back(entry); });
  return all;
}

TEST(TimerWheel, GivesEntriesInTheOrderOfTheirSlots) {
  TimerWheel<int> wheel(start, Milliseconds{10});
  wheel.schedule(start + Milliseconds{35}, 2);
  wheel.schedule(start + Milliseconds{15}, 1);
  EXPECT_THAT(due_at(wheel, Milliseconds{40}), ElementsAre(1, 2));
  EXPECT_THAT(due_at(wheel, Milliseconds{80}), ElementsAre());
}

TEST(TimerWheel, KeepsEntriesThatAreDueInALaterRound) {
  TimerWheel<int> wheel(start, Milliseconds{10});
  wheel.schedule(start + base::Seconds{60}, 7);
  EXPECT_THAT(due_at(wheel, base::Seconds{59}), ElementsAre());
  EXPECT_THAT(due_at(wheel, base::Seconds{61}), ElementsAre(7));
}

TEST(TimerWheel, TakesWhatIsLateAtTheNextTurn) {
  TimerWheel<int> wheel(start, Milliseconds{10});
  due_at(wheel, Milliseconds{500});
  wheel.schedule(start, 3);
  EXPECT_THAT(due_at(wheel, Milliseconds{520}), ElementsAre(3));
}

}  // namespace
}  // namespace davylamp::sim
