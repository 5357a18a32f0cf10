#include "app/delivery/channel_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/delivery/rate_cap.hpp"

namespace davylamp::app {
namespace {

using contract::Receipt;
using model::DeliveryState;
using testing::HasSubstr;

constexpr auto start = base::from_unix_seconds(1'795'000'000);
const Receipt delivered{.outcome = Receipt::Outcome::delivered, .text = "taken", .retry_after = std::nullopt};
const Receipt again{.outcome = Receipt::Outcome::try_again, .text = "later", .retry_after = std::nullopt};
const Receipt refused{.outcome = Receipt::Outcome::refused, .text = "never", .retry_after = std::nullopt};

model::Delivery delivery(std::uint64_t id, std::uint64_t incident) {
  model::Delivery delivery;
  delivery.id = id;
  delivery.incident_id = incident;
  delivery.made_at = start;
  delivery.next_at = start;
  return delivery;
}

class Queue {
 public:
  void take(std::uint64_t id, std::uint64_t incident = 1) { EXPECT_FALSE(queue_.take(delivery(id, incident), now_)); }
  // Of the one that is next, 0 when none is due.
  std::uint64_t next_id() const {
    const auto next = queue_.next(now_);
    return next.delivery ? next.delivery->id : 0;
  }
  std::optional<model::Delivery> try_next(const Receipt& receipt) {
    const auto next = queue_.next(now_);
    if (!next.delivery) return std::nullopt;
    return queue_.settle(*next.delivery, receipt, now_);
  }
  // Goes on to when something is due.
  void wait() {
    for (auto next = queue_.next(now_); next.at; next = queue_.next(now_)) now_ = *next.at;
  }
  base::Time now() const { return now_; }
  void advance(base::Milliseconds by) { now_ += by; }
  ChannelQueue& queue() { return queue_; }

 private:
  ChannelQueue queue_;
  base::Time now_ = start;
};

TEST(ChannelQueue, SendsInOrderAndOnce) {
  Queue queue;
  queue.take(2);
  queue.take(1, 2);
  EXPECT_EQ(queue.next_id(), 1U);
  EXPECT_EQ(queue.try_next(delivered)->state, DeliveryState::delivered);
  EXPECT_EQ(queue.try_next(delivered)->id, 2U);
  EXPECT_EQ(queue.next_id(), 0U);
  queue.take(1, 2);  // told again by a commit that came late
  EXPECT_EQ(queue.next_id(), 0U);
}

TEST(ChannelQueue, OneThatFailsHoldsUpTheOthersAndWaitsLonger) {
  Queue queue;
  queue.take(1);
  queue.take(2, 2);
  base::Milliseconds before{0};
  for (std::uint32_t i = 0; i + 1 < ChannelQueue::patience; ++i) {
    const auto settled = queue.try_next(again);
    ASSERT_TRUE(settled);
    EXPECT_EQ(settled->id, 1U);
    EXPECT_EQ(settled->state, DeliveryState::waiting);
    const auto wait = settled->next_at - queue.now();
    EXPECT_GE(wait, ChannelQueue::first_wait / 2);
    EXPECT_GE(wait * 2, before);
    before = wait;
    EXPECT_EQ(queue.next_id(), 0U);
    queue.wait();
  }
  EXPECT_EQ(queue.try_next(delivered)->id, 1U);
  EXPECT_EQ(queue.try_next(delivered)->id, 2U);
}

TEST(ChannelQueue, OneThatNeverSucceedsHoldsUpOnlyItsOwnIncident) {
  Queue queue;
  queue.take(1, 1);
  queue.take(2, 2);
  queue.take(3, 1);
  for (std::uint32_t i = 0; i < ChannelQueue::patience; ++i) {
    EXPECT_EQ(queue.try_next(again)->id, 1U);
    queue.wait();
  }
  EXPECT_EQ(queue.try_next(delivered)->id, 2U);
  queue.wait();
  EXPECT_EQ(queue.next_id(), 1U) << "3 is of the same incident: not before 1";
}

TEST(ChannelQueue, PausesAsLongAsTheProviderAsks) {
  Queue queue;
  queue.take(1);
  auto asked = again;
  asked.retry_after = base::Seconds{90};
  EXPECT_EQ(queue.try_next(asked)->next_at, start + base::Seconds{90});
  queue.take(2, 2);
  queue.advance(base::Seconds{89});
  EXPECT_EQ(queue.next_id(), 0U);
  queue.advance(base::Seconds{1});
  EXPECT_EQ(queue.next_id(), 1U);
}

TEST(ChannelQueue, GivesUpAfterADayWithASentence) {
  Queue queue;
  queue.take(1);
  std::optional<model::Delivery> settled;
  std::uint32_t tries = 0;
  do {
    settled = queue.try_next(again);
    ASSERT_TRUE(settled);
    ++tries;
    queue.wait();
  } while (settled->state == DeliveryState::waiting && tries < 1'000);
  EXPECT_EQ(settled->state, DeliveryState::failed);
  EXPECT_GE(*settled->done_at - start, ChannelQueue::give_up_after);
  EXPECT_LE(*settled->done_at - start, ChannelQueue::give_up_after + ChannelQueue::longest_wait);
  EXPECT_THAT(settled->result,
              HasSubstr("given up after " + std::to_string(tries) + " tries in a day; the last: later"));
  EXPECT_EQ(queue.queue().size(), 0U);
}

TEST(ChannelQueue, ARefusalIsNotTriedAgain) {
  Queue queue;
  queue.take(1);
  const auto settled = queue.try_next(refused);
  EXPECT_EQ(settled->state, DeliveryState::failed);
  EXPECT_EQ(settled->result, "never");
  EXPECT_EQ(queue.next_id(), 0U);
}

TEST(ChannelQueue, WhatIsDroppedIsNotSent) {
  Queue queue;
  queue.take(1);
  auto dropped = delivery(1, 1);
  dropped.state = DeliveryState::dropped;
  queue.queue().take(dropped, start);
  EXPECT_EQ(queue.next_id(), 0U);
}

TEST(ChannelQueue, DroppedWhileItIsSentIsNotTriedAgainButToldWhenItArrived) {
  Queue queue;
  queue.take(1);
  const auto sending = *queue.queue().next(start).delivery;
  auto dropped = sending;
  dropped.state = DeliveryState::dropped;
  queue.queue().take(dropped, start);
  EXPECT_FALSE(queue.queue().settle(sending, again, start));
  EXPECT_TRUE(queue.queue().settle(sending, delivered, start));
}

TEST(ChannelQueue, QuietHoursHoldUpNobodyElse) {
  Queue queue;
  auto later = delivery(1, 1);
  later.next_at = start + base::Seconds{3'600};
  queue.queue().take(later, start);
  queue.take(2, 2);
  EXPECT_EQ(queue.try_next(delivered)->id, 2U);
  EXPECT_EQ(queue.queue().next(start).at, later.next_at);
}

TEST(ChannelQueue, IsBounded) {
  ChannelQueue queue;
  for (std::uint64_t id = 1; id <= ChannelQueue::most_waiting; ++id) EXPECT_FALSE(queue.take(delivery(id, id), start));
  const auto failed = queue.take(delivery(ChannelQueue::most_waiting + 1, 1), start);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->state, DeliveryState::failed);
}

TEST(RateCap, HoldsEveryWindow) {
  RateCap cap({{1, base::Milliseconds{1'000}}, {3, base::Milliseconds{60'000}}});
  auto now = start;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(cap.free_at(now), now);
    cap.use(now);
    EXPECT_GT(cap.free_at(now), now);
    now += base::Milliseconds{1'000};
  }
  EXPECT_EQ(cap.free_at(now), start + base::Milliseconds{60'000});
}

TEST(RateCap, AClockThatIsSetBackHoldsNobodyUp) {
  RateCap cap({{1, base::Milliseconds{1'000}}});
  cap.use(start);
  EXPECT_EQ(cap.free_at(start - base::Seconds{3'600}), start - base::Seconds{3'600});
}

}  // namespace
}  // namespace davylamp::app
