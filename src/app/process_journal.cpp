// What the chief reads from the journal of heartbeats.
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "app/process.hpp"

namespace davylamp::app {
namespace {

namespace asio = boost::asio;

constexpr base::Seconds tidy_every{600};
constexpr base::Seconds look_every{5};
// What was accepted comes over the bus sooner, or not at all.
constexpr base::Seconds on_its_way{2};

}  // namespace

// One that has just registered itself may report before it is known here that it did.
bool Process::is_of_stranger(const model::Observation& observation) const {
  const auto* seen = std::get_if<model::HeartbeatSeen>(&observation.fact);
  return seen != nullptr && pipeline_.agents().find(seen->heartbeat.agent) == nullptr;
}

// What was accepted and did not come over the bus.
io::Task<void> Process::catch_up(base::Time until) {
  for (;;) {
    auto missing = co_await journal_->next(until);
    if (missing.empty()) co_return;
    for (auto& observation : missing) {
      if (is_of_stranger(observation)) co_await load_alerting();
      apply(std::move(observation));
    }
  }
}

// Who accepted the last ones may have died before it published them, and no later one shows the gap.
io::Task<void> Process::look_into_journal(base::Time now) {
  if (now - journal_seen_at_ < look_every && now >= journal_seen_at_) co_return;
  journal_seen_at_ = now;
  const auto before = std::exchange(journal_seen_, journal_->last());
  if (before != journal_seen_) co_return;
  try {
    co_await catch_up(now - on_its_way);
  } catch (const base::Failure& failure) {
    dependencies_.log.warning("the journal of heartbeats could not be read: " + failure.error().message);
  }
}

io::Task<void> Process::tidy_journal() {
  asio::steady_timer timer(flush_.get_executor());
  for (;;) {
    timer.expires_after(tidy_every);
    co_await timer.async_wait(asio::use_awaitable);
    if (!journal_ || journal_days_ == 0) continue;
    try {
      co_await journal_->forget(stored_, dependencies_.clock.now() - base::Seconds{86'400} * journal_days_);
    } catch (const base::Failure& failure) {
      dependencies_.log.error("old heartbeats could not be forgotten: " + failure.error().message);
    }
  }
}

}  // namespace davylamp::app
