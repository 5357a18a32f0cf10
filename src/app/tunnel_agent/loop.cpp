#include "app/tunnel_agent/loop.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/text.hpp"
#include "io/together.hpp"
#include "probe/deadline.hpp"

namespace davylamp::app {
namespace {

namespace asio = boost::asio;

constexpr std::size_t most_reports = 100;  // in one delivery; the hub takes no more
constexpr std::size_t most_report_bytes = 60'000;
constexpr base::Backoff::Range pauses{base::Seconds{1}, base::Seconds{60}};
constexpr base::Seconds refused_pause{60};
constexpr base::Seconds look_at_network_every{5};
constexpr base::Seconds least_between_reports{5};
constexpr base::Seconds late_after{30};
constexpr base::Seconds one_report{20};  // longer than it takes to make one
constexpr base::Milliseconds clocks_differ{30'000};

// Ends early, without an error, when the timer is cancelled; throws when the task is.
io::Task<void> wait(asio::steady_timer& timer) {
  const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  const auto state = co_await asio::this_coro::cancellation_state;
  if (error && state.cancelled() != asio::cancellation_type::none) throw boost::system::system_error(error);
}

}  // namespace

TunnelAgentLoop::TunnelAgentLoop(TunnelAgentWorld world, TunnelAgentParts parts)
    : world_(world),
      parts_(parts),
      report_due_(world.executor),
      report_waits_(world.executor),
      try_again_(world.executor),
      backoff_(pauses, static_cast<std::uint64_t>(world.clock.now().time_since_epoch().count())),
      batch_(most_reports) {}

io::Task<void> TunnelAgentLoop::run() {
  if (parts_.queue.size() != 0)
    world_.log.info(std::to_string(parts_.queue.size()) + " reports of an earlier run wait for the hub");
  co_await io::together(make_reports(), deliver_reports());
}

base::Seconds TunnelAgentLoop::interval() const {
  return base::Seconds{parts_.interval_seconds.value_or(hub_interval_seconds_)};
}

io::Task<void> TunnelAgentLoop::make_reports() {
  for (;;) {
    const auto begun = std::chrono::steady_clock::now();
    report_wanted_ = false;
    moving_ = parts_.inspector.network_changed();
    // It shows how it was when it began: where nothing answers the tests take longer than an interval.
    const Moment moment{parts_.hub.now(), parts_.hub.clock_offset()};
    add(co_await parts_.inspector.inspect(), moment);
    if (std::exchange(moving_, false)) try_again_.cancel();
    co_await wait_for_next(begun);
  }
}

void TunnelAgentLoop::add(model::Heartbeat heartbeat, Moment moment) {
  heartbeat.interval_seconds = static_cast<std::uint32_t>(interval().count());
  heartbeat.measured_at = std::max(moment.at, last_measured_at_ + base::Milliseconds{1});
  last_measured_at_ = heartbeat.measured_at;
  if (const auto kept = parts_.queue.add(heartbeat, moment.clock_offset); !kept)
    world_.log.warning(kept.error().message + "; reports that wait are lost when the agent ends");
  report_waits_.cancel();
}

io::Task<void> TunnelAgentLoop::wait_for_next(SteadyTime begun) {
  using std::chrono::steady_clock;
  for (;;) {
    const auto now = steady_clock::now();
    const auto due = begun + interval();
    const bool early = report_wanted_ || parts_.inspector.network_changed();
    const auto wanted_at = early ? std::min(due, begun + least_between_reports) : due;
    if (now >= wanted_at) co_return;
    report_due_.expires_at(std::min(wanted_at, now + look_at_network_every));
    co_await wait(report_due_);
  }
}

io::Task<void> TunnelAgentLoop::wait_for_report() {
  while (parts_.queue.size() == 0) {
    report_waits_.expires_at(SteadyTime::max());
    co_await wait(report_waits_);
  }
}

io::Task<void> TunnelAgentLoop::deliver_reports() {
  for (;;) {
    co_await wait_for_report();
    auto reports = parts_.queue.oldest(batch_, most_report_bytes);
    if (reports.empty()) continue;
    prepare(reports);
    const auto delivery = co_await parts_.hub.deliver(reports);
    const auto wait = take(delivery, reports);
    say(delivery);
    if (delivery.outcome == probe::Delivered::later && !delivery.not_before) {
      co_await wait_to_try_again(wait);
    } else if (wait.count() != 0) {
      co_await probe::pause(wait);
    }
  }
}

io::Task<void> TunnelAgentLoop::wait_to_try_again(base::Milliseconds span) {
  try_again_.expires_after(span);
  co_await wait(try_again_);
  if (!moving_ && !parts_.inspector.network_changed()) co_return;
  // What waits is of a network that is no more. Alone it would tell the hub what is over.
  try_again_.expires_after(one_report);
  co_await wait(try_again_);
}

void TunnelAgentLoop::prepare(std::vector<probe::QueuedReport>& reports) const {
  const auto limit = std::min(late_after, interval());
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const auto& report = reports[i];
    auto& heartbeat = reports[i].heartbeat;
    // Measured by a clock that turned out to be wrong.
    const auto error = parts_.hub.clock_offset() - base::Milliseconds{report.clock_offset_milliseconds};
    if (error > clocks_differ || error < -clocks_differ) heartbeat.measured_at += error;
    const bool newer_waits = i + 1 < parts_.queue.size();
    heartbeat.late = newer_waits || parts_.hub.now() - heartbeat.measured_at >= limit;
  }
}

base::Milliseconds TunnelAgentLoop::take(const probe::Delivery& delivery,
                                         const std::vector<probe::QueuedReport>& reports) {
  take_answer(delivery.answer);
  switch (delivery.outcome) {
    case probe::Delivered::accepted:
      for (const auto& report : reports) parts_.queue.remove(report.id);
      backoff_.reset();
      batch_ = most_reports;
      return base::Milliseconds{0};
    case probe::Delivered::unusable:
      // One of them is bad: one at a time, until that one is found and dropped.
      if (reports.size() == 1) {
        parts_.queue.remove(reports.front().id);
        parts_.queue.count_dropped();
      }
      batch_ = 1;
      return base::Milliseconds{0};
    case probe::Delivered::wrong_time:
      return backoff_.next();
    case probe::Delivered::refused:
      return std::max<base::Milliseconds>(backoff_.next(), refused_pause);
    case probe::Delivered::later:
      break;
  }
  return std::max<base::Milliseconds>(backoff_.next(), delivery.not_before.value_or(base::Seconds{0}));
}

void TunnelAgentLoop::take_answer(const probe::HubAnswer& answer) {
  if (answer.next.interval_seconds) hub_interval_seconds_ = *answer.next.interval_seconds;
  if (answer.next.canary_zone) parts_.inspector.set_canary_zone(*answer.next.canary_zone);
  const bool moved = answer.address && seen_from_ && *answer.address != *seen_from_;
  if (answer.address) seen_from_ = answer.address;
  if (!moved && !answer.next.test_again) return;
  parts_.inspector.test_again();
  report_wanted_ = true;
  report_due_.cancel();
}

void TunnelAgentLoop::say(const probe::Delivery& delivery) {
  if (delivery.outcome == probe::Delivered::accepted) {
    if (!std::exchange(said_, "").empty()) world_.log.info("the hub has the reports that waited");
  } else if (std::exchange(said_, delivery.why) != delivery.why) {
    world_.log.warning("cannot deliver: " + delivery.why + "; " + std::to_string(parts_.queue.size()) +
                       " reports wait");
  }
  const auto dropped = parts_.queue.dropped();
  if (dropped == std::exchange(said_dropped_, dropped)) return;
  world_.log.warning(std::to_string(dropped) +
                     " reports were dropped since the start: too many waited, or the hub did "
                     "not take them");
}

}  // namespace davylamp::app
