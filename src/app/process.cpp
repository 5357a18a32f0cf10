#include "app/process.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <utility>

#include "app/batch.hpp"
#include "base/backoff.hpp"
#include "io/together.hpp"

namespace davylamp::app {
namespace {

namespace asio = boost::asio;

// How long a change may wait: short enough for a viewer, long enough to gather what comes together.
constexpr base::Milliseconds flush_every{50};
// Counters are committed at this pace; opened and closed sessions at the next flush.
constexpr base::Milliseconds commit_counters_every{1'000};
constexpr base::Milliseconds tick_every{1'000};
constexpr base::Seconds house_every{60};
constexpr unsigned houses_per_forget = 60;
constexpr std::uint64_t forget_slice = 5'000;
constexpr std::size_t most_per_batch = 4'096;
constexpr base::Seconds longest_finish{5};

contract::Changes shared(std::vector<model::Change> changes) {
  return std::make_shared<const std::vector<model::Change>>(std::move(changes));
}

}  // namespace

Process::Process(Role& role, const Config& config, Dependencies dependencies)
    : dependencies_(dependencies),
      retention_(to_retention(config.retention)),
      enricher_(config.geoip, geoip::default_directories()),
      flush_(role.loop()),
      writer_("store-writer", dependencies.store.writer()) {
  for (const auto& problem : enricher_.problems()) dependencies_.log.warning(problem);
  observations_ = dependencies_.bus.observations(role.loop().get_executor());
  role.scope().spawn("process", run());
}

io::Task<void> Process::run() {
  const auto checkpoint = co_await writer_.call([](contract::StoreWriter& writer) { return writer.load_checkpoint(); });
  last_batch_ = checkpoint.last_batch;
  pipeline_.restore(checkpoint);
  co_await io::together(io::together(consume(), publish_and_commit()), keep_house());
}

void Process::finish(boost::asio::io_context& loop) {
  loop.restart();
  auto done = asio::co_spawn(loop, commit(), asio::use_future);
  loop.run_for(longest_finish);
  if (done.wait_for(base::Seconds{0}) == std::future_status::ready) done.get();
}

io::Task<void> Process::consume() {
  for (;;) {
    auto batch = co_await observations_->next(most_per_batch);
    for (auto& observation : batch) {
      enrich(observation);
      pipeline_.apply(observation);
    }
  }
}

void Process::enrich(model::Observation& observation) {
  if (auto* seen = std::get_if<model::PeerSeen>(&observation.fact)) {
    if (!seen->facts || !seen->facts->real) return;
    seen->facts->place = enricher_.place(seen->facts->real->address);
    looked_up_ = true;
  }
  if (const auto* health = std::get_if<model::SourceHealth>(&observation.fact)) {
    const auto& address = health->server.local_address;
    if (address) pipeline_.set_place(observation.source.name, enricher_.place(*address));
  }
}

io::Task<void> Process::publish_and_commit() {
  for (;;) {
    flush_.expires_after(flush_every);
    co_await flush_.async_wait(asio::use_awaitable);
    const auto now = dependencies_.clock.now();
    if (now - ticked_at_ >= tick_every || now < ticked_at_) tick(now);
    if (commit_is_due()) {
      co_await commit();
      continue;
    }
    auto counters = pipeline_.take_counters();
    if (!counters.empty()) dependencies_.bus.publish(shared(std::move(counters)));
  }
}

void Process::tick(base::Time now) {
  ticked_at_ = now;
  pipeline_.tick(now);
  if (std::exchange(looked_up_, false)) enricher_.let_go();
}

bool Process::commit_is_due() {
  const auto since = dependencies_.clock.now() - committed_at_;
  return pipeline_.urgent() || since >= commit_counters_every || since < base::Milliseconds{0};
}

// What was taken from the pipeline is committed whole, however long the store needs: until then nothing is told and
// nothing is acknowledged, so that a crash repeats it and loses nothing.
io::Task<void> Process::commit() {
  auto effects = pipeline_.take();
  const auto covered = observations_->given();
  auto changes = std::move(effects.changes);
  const auto batch = std::make_shared<const contract::Batch>(take_batch(effects, last_batch_ + 1));
  committed_at_ = dependencies_.clock.now();
  if (!batch->empty()) {
    base::Backoff backoff({base::Milliseconds{500}, base::Milliseconds{10'000}}, batch->number);
    for (;;) {
      std::optional<base::Error> error;
      try {
        co_await writer_.call([batch](contract::StoreWriter& writer) { writer.commit(*batch); });
      } catch (const base::Failure& failure) {
        error = failure.error();
      }
      if (!error) break;
      const auto pause = backoff.next();
      dependencies_.log.error("the store did not take a batch, nothing is lost, trying again: " + error->message);
      flush_.expires_after(pause);
      co_await flush_.async_wait(asio::use_awaitable);
    }
    last_batch_ = batch->number;
  }
  observations_->acknowledge(covered);
  if (!changes.empty()) dependencies_.bus.publish(shared(std::move(changes)));
}

io::Task<void> Process::keep_house() {
  asio::steady_timer timer(flush_.get_executor());
  for (unsigned round = 1;; ++round) {
    timer.expires_after(house_every);
    co_await timer.async_wait(asio::use_awaitable);
    for (const auto& told : enricher_.reload_if_changed()) dependencies_.log.info(told);
    if (round % houses_per_forget != 0) continue;
    const auto now = dependencies_.clock.now();
    std::uint64_t forgotten = 0;
    do {
      forgotten = co_await writer_.call(
          [now, keep = retention_](contract::StoreWriter& writer) { return writer.forget(now, keep, forget_slice); });
    } while (forgotten == forget_slice);
    co_await writer_.call([](contract::StoreWriter& writer) { writer.optimize(); });
  }
}

}  // namespace davylamp::app
