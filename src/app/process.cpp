#include "app/process.hpp"

#include <malloc.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <utility>

#include "app/batch.hpp"
#include "app/hub_places.hpp"
#include "base/backoff.hpp"
#include "enrich/geoip/search.hpp"
#include "io/together.hpp"

namespace davylamp::app {
namespace {

namespace asio = boost::asio;

// How long a change may wait: short enough for a viewer, long enough to gather what comes together.
constexpr base::Milliseconds flush_every{50};
// Commits that only make stored counters newer may take a twentieth of the time, and are at least so frequent. Opened
// and closed sessions are committed at the next flush.
constexpr int pace_per_commit = 20;
constexpr base::Milliseconds shortest_pace{1'000};
constexpr base::Milliseconds longest_pace{30'000};
constexpr base::Milliseconds tick_every{1'000};
constexpr base::Seconds losses_every{10};
constexpr base::Seconds trim_every{60};
constexpr base::Seconds tidy_every{600};
// A LimitsChanged that was lost is healed after this time.
constexpr base::Seconds limits_every{60};
constexpr std::size_t most_per_batch = 4'096;
constexpr base::Seconds longest_finish{5};

contract::Changes shared(std::vector<model::Change> changes) {
  return std::make_shared<const std::vector<model::Change>>(std::move(changes));
}

// What a burst needed lies between what stays: its whole pages go back.
void give_memory_back() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

std::optional<base::Milliseconds> fixed_pace(const Config& config) {
  if (!config.store.commit_seconds) return std::nullopt;
  return base::Milliseconds{static_cast<std::int64_t>(*config.store.commit_seconds * 1000)};
}

}  // namespace

Process::Process(Role& role, const Config& config, Dependencies dependencies)
    : dependencies_(std::move(dependencies)),
      fixed_pace_(fixed_pace(config)),
      pipeline_(dependencies_.zones),
      pace_(fixed_pace_.value_or(shortest_pace)),
      observations_(dependencies_.bus.observations(role.loop().get_executor())),
      commands_(dependencies_.bus.commands(role.loop().get_executor())),
      flush_(role.loop()),
      writer_("store-writer", dependencies_.store.writer()),
      house_(config, {writer_, dependencies_.store, dependencies_.bus, dependencies_.clock, dependencies_.log}),
      courier_(config, {dependencies_.bus, dependencies_.clock, dependencies_.zones, dependencies_.log}),
      enricher_(config.geoip, geoip::default_directories()),
      journal_days_(config.hub.journal_days) {
  if (dependencies_.journal) journal_.emplace(config.node.name, std::move(dependencies_.journal));
  pipeline_.set_channels(courier_.channels());
  if (config.node.collector == Collector::agent) {
    agents_.emplace(
        role, config,
        AgentLink::Dependencies{dependencies_.bus, dependencies_.clock, dependencies_.log, dependencies_.version});
  }
  role.scope().spawn("process", run());
}

io::Task<void> Process::run() {
  const auto checkpoint = co_await writer_.call([](contract::StoreWriter& writer) { return writer.load_checkpoint(); });
  last_batch_ = checkpoint.last_batch;
  pipeline_.restore(checkpoint, dependencies_.clock.now());
  courier_.take(checkpoint.deliveries);
  stored_ = checkpoint.cursors;
  if (journal_) {
    co_await load_alerting();
    co_await journal_->begin(checkpoint.cursors);
    co_await catch_up();
  }
  co_await io::together(
      io::together(consume(), publish_and_commit()),
      io::together(io::together(carry_out_commands(), tidy_journal()), io::together(house_.run(), courier_.run())));
}

void Process::finish(boost::asio::io_context& loop) {
  loop.restart();
  finishing_ = true;
  auto done = asio::co_spawn(loop, commit(), asio::use_future);
  loop.run_for(longest_finish);
  if (done.wait_for(base::Seconds{0}) == std::future_status::ready) done.get();
}

io::Task<void> Process::consume() {
  for (;;) {
    auto batch = co_await observations_->next(most_per_batch);
    std::vector<model::Change> outcomes;
    for (auto& observation : batch) {
      if (journal_ && journal_->leaves_gap(observation)) co_await catch_up();
      if (const auto* done = std::get_if<model::CommandDone>(&observation.fact)) outcomes.emplace_back(*done);
      apply(std::move(observation));
    }
    tell(std::move(outcomes));
    give_orders();
  }
}

void Process::apply(model::Observation observation) {
  add_places(observation, enricher_);
  pipeline_.apply(observation);
  if (journal_) journal_->took(observation);
}

// What was accepted and did not come over the bus.
io::Task<void> Process::catch_up() {
  for (;;) {
    auto missing = co_await journal_->next();
    if (missing.empty()) co_return;
    for (auto& observation : missing) apply(std::move(observation));
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

io::Task<void> Process::publish_and_commit() {
  for (;;) {
    co_await breathe();
    const auto now = dependencies_.clock.now();
    if (agents_changed_ || alerting_changed_ || now - alerting_loaded_at_ >= limits_every || now < alerting_loaded_at_)
      co_await load_alerting();
    if (limits_changed_ || now - limits_loaded_at_ >= limits_every || now < limits_loaded_at_) co_await load_limits();
    if (commit_is_due()) co_await commit();
  }
}

// What goes on whatever the store does.
io::Task<void> Process::breathe() {
  flush_.expires_after(flush_every);
  co_await flush_.async_wait(asio::use_awaitable);
  const auto now = dependencies_.clock.now();
  if (now - ticked_at_ >= tick_every || now < ticked_at_) tick(now);
  tell(pipeline_.take_counters());
  give_orders();
}

void Process::tick(base::Time now) {
  ticked_at_ = now;
  note_absence(now);
  pipeline_.tick(now);
  if (now - trimmed_at_ >= trim_every || now < trimmed_at_) {
    trimmed_at_ = now;
    give_memory_back();
  }
  if (now - losses_told_at_ < losses_every && now >= losses_told_at_) return;
  losses_told_at_ = now;
  tell_losses();
}

bool Process::commit_is_due() {
  const auto since = dependencies_.clock.now() - committed_at_;
  return pipeline_.urgent() || courier_.has_done() || since >= pace_ || since < base::Milliseconds{0};
}

// What was taken from the pipeline is committed whole, however long the store needs: until then nothing is told and
// nothing is acknowledged, so that a crash repeats it and loses nothing. Commands go out at once: who is over a limit
// is stopped also while the store cannot write.
io::Task<void> Process::commit() {
  using Scope = core::Pipeline::Scope;
  const auto since = dependencies_.clock.now() - committed_at_;
  const bool paced = since >= pace_ || since < base::Milliseconds{0} || pipeline_.urgent_for_limits();
  auto effects = pipeline_.take(finishing_ ? Scope::all : paced ? Scope::slice : Scope::changes);
  const auto wanted = paced ? pipeline_.usage_wanted() : std::vector<base::Time>{};
  const auto covered = observations_->given();
  const auto counters_taken = pipeline_.sessions().counters_taken();
  if (agents_) agents_->took(pipeline_.sessions().counters_marked(), pipeline_.sessions().settled_cursors());
  for (auto& command : effects.commands) dependencies_.bus.publish(std::move(command));
  auto changes = std::move(effects.changes);
  auto cursors = effects.cursors;
  for (auto& done : courier_.take_done()) {
    changes.emplace_back(model::DeliveryChanged{done});
    effects.deliveries.push_back(std::move(done));
  }
  const auto fresh = effects.deliveries;
  const auto batch = std::make_shared<const contract::Batch>(take_batch(effects, last_batch_ + 1));
  if (paced) committed_at_ = dependencies_.clock.now();
  if (!batch->empty()) {
    const auto began = std::chrono::steady_clock::now();
    co_await write(batch);
    const auto took = std::chrono::duration_cast<base::Milliseconds>(std::chrono::steady_clock::now() - began);
    if (paced) pace_ = fixed_pace_.value_or(std::clamp(took * pace_per_commit, shortest_pace, longest_pace));
    last_batch_ = batch->number;
  }
  observations_->acknowledge(covered);
  stored_ = std::move(cursors);
  if (agents_) agents_->stored(counters_taken);
  courier_.take(fresh);
  tell(std::move(changes));
  co_await load_usage(wanted);
}

io::Task<void> Process::write(std::shared_ptr<const contract::Batch> batch) {
  base::Backoff backoff({base::Milliseconds{500}, base::Milliseconds{10'000}}, batch->number);
  for (bool failed = false;; failed = true) {
    std::optional<base::Error> error;
    try {
      co_await writer_.call([batch](contract::StoreWriter& writer) { writer.commit(*batch); });
    } catch (const base::Failure& failure) {
      error = failure.error();
    }
    const auto now = dependencies_.clock.now();
    if (!error) {
      if (failed) house_.store_is(now, true, "the store writes again; nothing was lost");
      co_return;
    }
    dependencies_.log.error("the store did not take a batch, nothing is lost, trying again: " + error->message);
    house_.store_is(now, false, "it does not take what happens (nothing is lost yet): " + error->message);
    const auto until = now + backoff.next();
    while (dependencies_.clock.now() < until && dependencies_.clock.now() >= now) co_await breathe();
  }
}

void Process::tell(std::vector<model::Change> changes) {
  if (!changes.empty()) dependencies_.bus.publish(shared(std::move(changes)));
}

}  // namespace davylamp::app
