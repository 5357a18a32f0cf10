// The process role's way into the store.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <utility>

#include "app/batch.hpp"
#include "app/process.hpp"
#include "base/backoff.hpp"

namespace davylamp::app {
namespace {

namespace asio = boost::asio;

constexpr base::Seconds longest_finish{5};

}  // namespace

void Process::finish(boost::asio::io_context& loop) {
  loop.restart();
  finishing_ = true;
  auto done = asio::co_spawn(loop, commit(), asio::use_future);
  loop.run_for(longest_finish);
  if (done.wait_for(base::Seconds{0}) == std::future_status::ready) done.get();
}

bool Process::commit_is_due() {
  const auto since = dependencies_.clock.now() - committed_at_;
  return pipeline_.urgent() || courier_.has_done() || since >= pace_.pause() || since < base::Milliseconds{0};
}

// What was taken from the pipeline is committed whole, however long the store needs: until then nothing is told and
// nothing is acknowledged, so that a crash repeats it and loses nothing. Commands go out at once: who is over a limit
// is stopped also while the store cannot write.
io::Task<void> Process::commit() {
  using Scope = core::Pipeline::Scope;
  const auto since = dependencies_.clock.now() - committed_at_;
  const bool paced = since >= pace_.pause() || since < base::Milliseconds{0} || pipeline_.urgent_for_limits();
  auto effects = pipeline_.take(finishing_ ? Scope::all : paced ? Scope::slice : Scope::changes);
  const auto wanted = paced ? pipeline_.usage_wanted() : std::vector<base::Time>{};
  const auto& ledger = pipeline_.sessions();
  const auto counters_taken = ledger.counters_taken();
  coverage_.took({applied_, ledger.counters_marked(), ledger.holds_finals()}, dependencies_.clock.now());
  if (dependencies_.collectors != nullptr)
    dependencies_.collectors->took(ledger.counters_marked(), ledger.settled_cursors());
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
    if (paced) pace_.took(took, batch->sessions.size());
    last_batch_ = batch->number;
  }
  observations_->acknowledge(coverage_.stored(counters_taken, dependencies_.clock.now()));
  stored_ = std::move(cursors);
  if (dependencies_.collectors != nullptr) dependencies_.collectors->stored(counters_taken);
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
      if (failure.error().code == "lease_lost") throw;
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

}  // namespace davylamp::app
