#include "app/house.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "app/backup_folder.hpp"

namespace davylamp::app {
namespace {

namespace asio = boost::asio;

constexpr base::Seconds look_every{1};
constexpr base::Seconds hour{3'600};
constexpr base::Seconds day{24 * 3'600};
// After a start there is more urgent work.
constexpr base::Seconds first_after{60};
constexpr base::Seconds again_after_failure{600};
constexpr std::uint64_t forget_slice = 5'000;

}  // namespace

House::House(const Config& config, Dependencies dependencies)
    : dependencies_(dependencies), retention_(to_retention(config.retention)), store_(config.store) {
  add("retention", hour, [](House& house) { return house.forget(); });
  add("optimize", day, [](House& house) {
    return house.dependencies_.writer.call([](contract::StoreWriter& writer) { return writer.optimize(); });
  });
  add("checkpoint", base::Seconds{600}, [](House& house) {
    return house.dependencies_.writer.call([](contract::StoreWriter& writer) { return writer.checkpoint(); });
  });
  add("vacuum", day, [](House& house) { return house.vacuum(); });
  if (store_.backup_directory) add("backup", day, [](House& house) { return house.back_up(); });
}

void House::add(std::string name, base::Seconds every, std::function<io::Task<std::string>(House&)> work) {
  Job job;
  job.state.name = std::move(name);
  job.state.text = "it has not run yet";
  job.every = every;
  job.work = std::move(work);
  jobs_.push_back(std::move(job));
}

io::Task<void> House::run() {
  co_await remember();
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    timer.expires_after(look_every);
    co_await timer.async_wait(asio::use_awaitable);
    for (auto& job : jobs_) {
      if (job.state.next_at && *job.state.next_at <= dependencies_.clock.now()) co_await run_one(job);
    }
  }
}

// A job goes on with its schedule over restarts: one that is overdue comes soon, not at once.
io::Task<void> House::remember() {
  const auto stored = co_await dependencies_.writer.call([](contract::StoreWriter& writer) { return writer.jobs(); });
  const auto soonest = dependencies_.clock.now() + first_after;
  for (auto& job : jobs_) {
    const auto known = std::ranges::find(stored, job.state.name, &model::HouseJob::name);
    if (known != stored.end()) job.state = *known;
    const auto planned = job.state.ended_at ? *job.state.ended_at + job.every : soonest;
    job.state.next_at = std::clamp(planned, soonest, soonest + job.every);
    tell(job.state);
  }
}

io::Task<void> House::run_one(Job& job) {
  auto& state = job.state;
  state.began_at = dependencies_.clock.now();
  state.ended_at.reset();
  state.next_at.reset();
  tell(state);
  try {
    state.text = co_await job.work(*this);
    state.ok = true;
  } catch (const base::Failure& failure) {
    state.text = failure.error().message;
    state.ok = false;
    dependencies_.log.error("the job " + state.name + " failed: " + state.text);
  }
  state.ended_at = dependencies_.clock.now();
  state.next_at = *state.ended_at + (state.ok ? job.every : std::min(job.every, again_after_failure));
  tell(state);
  try {
    co_await dependencies_.writer.call([state](contract::StoreWriter& writer) { writer.record_job(state); });
  } catch (const base::Failure& failure) {
    dependencies_.log.error("the result of the job " + state.name + " could not be stored: " + failure.error().message);
  }
}

bool House::hurry(std::string_view name) {
  const auto job = std::ranges::find_if(jobs_, [&](const Job& each) { return each.state.name == name; });
  if (job == jobs_.end()) return false;
  if (job->state.next_at) job->state.next_at = dependencies_.clock.now();
  return true;
}

void House::store_is(base::Time now, bool ok, std::string text) {
  writing_ = model::HouseJob{
      .name = "store", .began_at = now, .ended_at = now, .ok = ok, .text = std::move(text), .next_at = {}};
  tell(*writing_);
}

void House::tell_all() const {
  if (writing_) tell(*writing_);
  for (const auto& job : jobs_) tell(job.state);
}

void House::tell(const model::HouseJob& state) const {
  dependencies_.bus.publish(std::make_shared<const std::vector<model::Change>>(1, model::JobChanged{state}));
}

io::Task<std::string> House::forget() {
  const auto now = dependencies_.clock.now();
  std::uint64_t total = 0;
  for (;;) {
    const auto forgotten = co_await dependencies_.writer.call(
        [now, keep = retention_](contract::StoreWriter& writer) { return writer.forget(now, keep, forget_slice); });
    total += forgotten;
    if (forgotten < forget_slice) break;
  }
  co_return total == 0 ? std::string("nothing was old enough to go")
                       : std::to_string(total) + (total == 1 ? " old row went" : " old rows went");
}

io::Task<std::string> House::vacuum() {
  co_return co_await dependencies_.writer.call([](contract::StoreWriter& writer) { return writer.vacuum(); });
}

io::Task<std::string> House::back_up() {
  const BackupFolder folder(*store_.backup_directory);
  const auto path = folder.next_path(dependencies_.clock.now());
  // Commits go on meanwhile.
  io::Worker<contract::StoreWriter> copier("store-backup", dependencies_.store.writer());
  auto text = co_await copier.call([path](contract::StoreWriter& writer) { return writer.backup(path); });
  const auto removed = folder.keep(store_.backup_keep);
  if (removed != 0) text += "; " + std::to_string(removed) + " older removed";
  co_return text;
}

}  // namespace davylamp::app
