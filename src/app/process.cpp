#include "app/process.hpp"

#include <malloc.h>

#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "app/division.hpp"
#include "app/first_rules.hpp"
#include "app/hub_places.hpp"
#include "app/take_over.hpp"
#include "enrich/geoip/search.hpp"
#include "io/together.hpp"

namespace davylamp::app {
namespace {

namespace asio = boost::asio;

// How long a change may wait: short enough for a viewer, long enough to gather what comes together.
constexpr base::Milliseconds flush_every{50};
constexpr base::Milliseconds tick_every{1'000};
constexpr base::Seconds losses_every{10};
constexpr base::Seconds trim_every{60};
// A LimitsChanged that was lost is healed after this time.
constexpr base::Seconds limits_every{60};
// Where others count, too: how long what they committed may stay unseen by limits.
constexpr base::Seconds others_usage_every{5};
constexpr std::size_t most_per_batch = 4'096;

contract::Changes shared(std::vector<model::Change> changes) {
  return std::make_shared<const std::vector<model::Change>>(std::move(changes));
}

// What a burst needed lies between what stays: its whole pages go back.
void give_memory_back() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

CommitPace::Store paced_store(const Config& config, const model::Shard& shard) {
  CommitPace::Store store{.is_server = config.store.url.has_value(), .shards = shard.count};
  if (config.store.commit_seconds)
    store.fixed = base::Milliseconds{static_cast<std::int64_t>(*config.store.commit_seconds * 1000)};
  return store;
}

}  // namespace

Process::Process(Role& role, const Config& config, Dependencies dependencies)
    : dependencies_(std::move(dependencies)),
      pace_(paced_store(config, dependencies_.tenure.shard)),
      pipeline_(dependencies_.zones, {.slice = pace_.slice()}),
      observations_(dependencies_.bus.observations(role.loop().get_executor(), dependencies_.tenure.shard.index)),
      commands_(dependencies_.bus.commands(role.loop().get_executor())),
      flush_(role.loop()),
      writer_("store-writer", dependencies_.store.writer(dependencies_.tenure)),
      house_(config, {writer_, dependencies_.store, dependencies_.bus, dependencies_.clock, dependencies_.log}),
      courier_(config, {dependencies_.bus, dependencies_.clock, dependencies_.zones, dependencies_.log}),
      bots_(config, {dependencies_.bus, pipeline_, dependencies_.clock, dependencies_.zones, dependencies_.log,
                     dependencies_.store}),
      enricher_(config.geoip, geoip::default_directories()),
      journal_days_(config.hub.journal_days) {
  if (dependencies_.journal) journal_.emplace(journal_source(config), std::move(dependencies_.journal));
  if (shares_bus(config)) heard_.emplace();
  pipeline_.set_channels(courier_.channels());
  role.scope().spawn("process", run());
}

io::Task<void> Process::run() {
  const auto checkpoint = co_await writer_.call([](contract::StoreWriter& writer) { return writer.load_checkpoint(); });
  last_batch_ = checkpoint.last_batch;
  if (is_chief()) lay_down_first_rules(dependencies_.store, dependencies_.clock.now());
  pipeline_.restore(checkpoint, dependencies_.clock.now());
  courier_.take(checkpoint.deliveries);
  if (heard_) heard_->restore(checkpoint, dependencies_.clock.now());
  stored_ = checkpoint.cursors;
  if (!dependencies_.tenure.shard.is_whole()) {
    for (auto& part : what_stands(checkpoint, dependencies_.clock.now())) tell(std::move(part));
  }
  if (journal_) {
    co_await load_alerting();
    co_await journal_->begin(checkpoint.cursors);
    co_await catch_up();
  }
  const bool whole = dependencies_.tenure.shard.is_whole();
  if (whole) co_await load_history();
  auto work = io::together(consume(), publish_and_commit());
  auto people = io::together(carry_out_commands(), courier_.run());
  auto all = io::together(std::move(work), std::move(people));
  if (is_chief()) {
    auto house = io::together(house_.run(), tidy_journal());
    all = io::together(std::move(all), io::together(std::move(house), bots_.run()));
  }
  // Who takes a shard over is waited for: what was usual can come later.
  if (!whole) all = io::together(std::move(all), load_history());
  co_await std::move(all);
}

io::Task<void> Process::consume() {
  for (;;) {
    auto batch = co_await observations_->next(most_per_batch);
    std::vector<model::Change> outcomes;
    for (auto& observation : batch) {
      if (journal_ && journal_->leaves_gap(observation)) co_await catch_up();
      if (const auto* done = std::get_if<model::CommandDone>(&observation.fact)) outcomes.emplace_back(*done);
      if (is_of_stranger(observation)) co_await load_alerting();
      apply(std::move(observation));
      ++applied_;
    }
    tell(std::move(outcomes));
    give_orders();
  }
}

void Process::apply(model::Observation observation) {
  if (heard_) heard_->hear(observation.source, dependencies_.clock.now());
  add_places(observation, enricher_);
  pipeline_.apply(observation);
  if (journal_) journal_->took(observation);
}

io::Task<void> Process::publish_and_commit() {
  for (;;) {
    co_await breathe();
    const auto now = dependencies_.clock.now();
    if (agents_changed_ || alerting_changed_ || now - alerting_loaded_at_ >= limits_every || now < alerting_loaded_at_)
      co_await load_alerting();
    if (limits_changed_ || now - limits_loaded_at_ >= limits_every || now < limits_loaded_at_) co_await load_limits();
    if (journal_) co_await look_into_journal(now);
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
  if (!dependencies_.tenure.shard.is_whole() && (now - usage_read_at_ >= others_usage_every || now < usage_read_at_)) {
    usage_read_at_ = now;
    pipeline_.read_usage_again();
  }
  if (now - trimmed_at_ >= trim_every || now < trimmed_at_) {
    trimmed_at_ = now;
    give_memory_back();
  }
  if (now - losses_told_at_ < losses_every && now >= losses_told_at_) return;
  losses_told_at_ = now;
  tell_losses();
}

void Process::tell(std::vector<model::Change> changes) {
  if (!changes.empty()) dependencies_.bus.publish(shared(std::move(changes)));
}

}  // namespace davylamp::app
