// What a collector does with its spool.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "bus/uplink/collector_bus.hpp"

namespace davylamp::uplink {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr base::Milliseconds spill_every{500};
constexpr std::size_t piece_bytes = std::size_t{256} * 1024;
// Nothing was acknowledged for so long: what waits is written down, too.
constexpr base::Seconds stalled_after{15};
// So long what a former life left may be unacknowledged before this life's goes on its way all the same.
constexpr base::Seconds longest_hold{30};

}  // namespace

io::Task<void> CollectorBus::keep_spool() {
  asio::steady_timer timer(executor_);
  while (spool_) {
    timer.expires_after(spill_every);
    co_await timer.async_wait(asio::use_awaitable);
    if (!spooling_ && is_stalled()) spooling_ = true;
    if (spooling_) co_await spill();
  }
}

bool CollectorBus::is_stalled() {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  const bool waits = outbox_.stats().waiting != 0;
  if (!waits || acknowledgements_ != acknowledgements_seen_ || !waiting_since_) waiting_since_ = now;
  acknowledgements_seen_ = acknowledgements_;
  return now - *waiting_since_ > stalled_after;
}

// From memory to the disk. While the disk refuses, memory has to do.
io::Task<void> CollectorBus::spill() {
  bus::Outbox::Copy copy;
  {
    const std::lock_guard lock(mutex_);
    copy = outbox_.copy();
  }
  if (copy.items.empty()) co_return;
  spilling_ = true;
  struct Outcome {
    bool written = false;
    Spool::Stats stats;
  };
  const auto outcome = co_await desk_->call([&items = copy.items](Desk& desk) {
    Outcome done;
    try {
      desk.spool->append(items);
      done.written = true;
    } catch (const base::Failure&) {  // NOLINT(bugprone-empty-catch)
      // Counted; a later attempt tries again.
    }
    done.stats = desk.spool->stats();
    return done;
  });
  spilling_ = false;
  const std::lock_guard lock(mutex_);
  spool_stats_ = outcome.stats;
  if (outcome.written) {
    outbox_.forget(copy);
  } else {
    ++spool_failures_;
  }
}

io::Task<CollectorBus::Portion> CollectorBus::from_spool() {
  Portion portion;
  portion.held_back = spilling_;
  if (spilling_) co_return portion;
  const bool impatient = held_back_since_ && Clock::now() - *held_back_since_ > longest_hold;
  const bool again = std::exchange(resending_, false);
  auto piece = co_await desk_->call([again, impatient](Desk& desk) {
    if (again) desk.spool->rewind();
    return desk.spool->take(piece_bytes, impatient);
  });
  portion.held_back = piece.state == Spool::State::held_back;
  if (!portion.held_back) held_back_since_.reset();
  if (portion.held_back && !held_back_since_) held_back_since_ = Clock::now();
  portion.text = std::move(piece.text);
  if (piece.state == Spool::State::own_life) portion.text += encode_some(Share::standing);
  // What is in memory is newer than everything in the spool.
  if (piece.state == Spool::State::end && !spilling_) spooling_ = false;
  co_return portion;
}

io::Task<void> CollectorBus::acknowledge(std::vector<model::Cursor> cursors) {
  std::optional<std::uint64_t> boot;
  bool spooled = false;
  {
    const std::lock_guard lock(mutex_);
    outbox_.acknowledge(cursors);
    ++acknowledgements_;
    boot = published_boot_;
    spooled = spool_stats_.bytes != 0 || spilling_;
  }
  if (!spooled) co_return;
  const auto stats = co_await desk_->call([cursors = std::move(cursors), boot](Desk& desk) {
    if (boot) desk.spool->begin_boot(*boot);
    try {
      desk.spool->acknowledge(cursors);
    } catch (const base::Failure&) {  // NOLINT(bugprone-empty-catch)
      // It is told again with the next.
    }
    return desk.spool->stats();
  });
  const std::lock_guard lock(mutex_);
  spool_stats_ = stats;
}

void CollectorBus::finish() {
  if (!spool_) return;
  const std::lock_guard lock(mutex_);
  const auto copy = outbox_.copy();
  if (copy.items.empty()) return;
  try {
    spool_->append(copy.items);
    outbox_.forget(copy);
  } catch (const base::Failure&) {
    ++spool_failures_;
  }
  spool_stats_ = spool_->stats();
}

}  // namespace davylamp::uplink
