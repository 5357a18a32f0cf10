#include "app/delivery/channel_queue.hpp"

#include <algorithm>

namespace davylamp::app {
namespace {

using contract::Receipt;
using model::DeliveryState;

constexpr std::uint32_t most_doublings = 12;
constexpr std::uint32_t longest_channel_pause_tries = 6;  // about a minute, while others behind are tried

// Equal jitter: between a half and the whole of the step; the same for the same delivery and try.
base::Milliseconds wait_of(std::uint32_t tries, std::uint64_t id) {
  const auto doublings = std::min(tries == 0 ? 0U : tries - 1, most_doublings);
  const auto step = std::min(ChannelQueue::first_wait * (1U << doublings), ChannelQueue::longest_wait);
  const auto mixed = ((id + 1) * 0x9e3779b97f4a7c15ULL) ^ (tries * 0xbf58476d1ce4e5b9ULL);
  const auto half = static_cast<std::uint64_t>(step.count() / 2);
  return base::Milliseconds{static_cast<std::int64_t>(half + ((mixed >> 20U) % (half + 1)))};
}

}  // namespace

std::optional<model::Delivery> ChannelQueue::take(const model::Delivery& delivery, base::Time now) {
  if (delivery.state != DeliveryState::waiting) {
    waiting_.erase(delivery.id);
    return std::nullopt;
  }
  if (done_.contains(delivery.id) || waiting_.contains(delivery.id)) return std::nullopt;
  if (waiting_.size() >= most_waiting) {
    auto failed = delivery;
    failed.state = DeliveryState::failed;
    failed.done_at = now;
    failed.result = "not tried: ten thousand messages wait for this channel already";
    done(delivery.id);
    return failed;
  }
  waiting_.emplace(delivery.id, delivery);
  return std::nullopt;
}

ChannelQueue::Next ChannelQueue::next(base::Time now) const {
  if (waiting_.empty()) return {};
  if (now < paused_until_) return {.delivery = {}, .at = paused_until_};
  std::set<std::uint64_t> held;  // incidents of which something earlier waits
  std::optional<base::Time> soonest;
  for (const auto& [id, delivery] : waiting_) {
    const bool due = delivery.next_at <= now;
    if (due && !held.contains(delivery.incident_id)) return {.delivery = delivery, .at = {}};
    held.insert(delivery.incident_id);
    if (due) continue;
    if (!soonest || delivery.next_at < *soonest) soonest = delivery.next_at;
    if (delivery.tries > 0 && delivery.tries < patience) return {.delivery = {}, .at = delivery.next_at};
  }
  return {.delivery = {}, .at = soonest};
}

std::optional<model::Delivery> ChannelQueue::settle(const model::Delivery& tried, const Receipt& receipt,
                                                    base::Time now) {
  auto settled = tried;
  ++settled.tries;
  settled.result = receipt.text;
  const bool wanted = waiting_.contains(tried.id);
  if (receipt.outcome != Receipt::Outcome::try_again) {
    failures_ = 0;
    settled.state = receipt.outcome == Receipt::Outcome::delivered ? DeliveryState::delivered : DeliveryState::failed;
    settled.done_at = now;
    done(tried.id);
    return settled;
  }
  ++failures_;
  const auto asked = receipt.retry_after.value_or(base::Seconds{0});
  const auto wait = wait_of(settled.tries, tried.id);
  settled.next_at = now + std::max<base::Milliseconds>(asked, wait);
  // Where only this one is in trouble, those behind it come before its next try.
  auto pause = wait_of(std::min(failures_, longest_channel_pause_tries), tried.id);
  if (settled.tries >= patience) pause = std::min(pause, wait) / 2;
  paused_until_ = now + std::max<base::Milliseconds>(asked, std::min(pause, wait));
  if (!wanted) return std::nullopt;
  if (settled.tries >= fewest_tries && now - settled.made_at >= give_up_after) {
    settled.state = DeliveryState::failed;
    settled.done_at = now;
    settled.result = "given up after " + std::to_string(settled.tries) + " tries in a day; the last: " + receipt.text;
    done(tried.id);
    return settled;
  }
  waiting_[tried.id] = settled;
  return settled;
}

void ChannelQueue::done(std::uint64_t id) {
  waiting_.erase(id);
  done_.insert(id);
  if (done_.size() > most_remembered) done_.erase(done_.begin());
}

}  // namespace davylamp::app
