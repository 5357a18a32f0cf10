#include "app/shard_keeper.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <utility>

#include "app/collector_link.hpp"
#include "app/division.hpp"
#include "app/process.hpp"

namespace davylamp::app {
namespace {

namespace asio = boost::asio;

// So often within the life of a lease it is renewed: one or two answers may be late.
constexpr int renewals_per_life = 5;
constexpr base::Seconds longest_farewell{5};

}  // namespace

ShardKeeper::Part::Part() = default;
ShardKeeper::Part::Part(Part&&) noexcept = default;
ShardKeeper::Part::~Part() = default;

std::string ShardKeeper::Part::end(bool commits) {
  std::string why;
  role->stop();
  try {
    if (commits) process->finish(role->loop());
  } catch (const base::Failure& failure) {
    why = failure.error().message;
  }
  process.reset();
  collectors.reset();
  role.reset();
  return why;
}

ShardKeeper::ShardKeeper(Role& role, const Config& config, Dependencies dependencies)
    : role_(role),
      config_(config),
      dependencies_(std::move(dependencies)),
      shards_(shard_count(config)),
      life_(base::Seconds{config.bus.lease_seconds}),
      leases_("leases", std::move(dependencies_.leases)) {
  role.scope().spawn("leases", run());
}

ShardKeeper::~ShardKeeper() {
  for (auto* threads : {&beginning_, &ending_}) {
    for (auto& [index, thread] : *threads) thread.join();
  }
}

io::Task<void> ShardKeeper::run() {
  asio::steady_timer timer(role_.loop());
  for (;;) {
    try {
      const auto answer =
          co_await leases_.call([worker = dependencies_.worker, shards = shards_, life = life_](
                                    contract::ShardLeases& leases) { return leases.renew(worker, shards, life); });
      complaint_.clear();
      follow(answer);
    } catch (const base::Failure& failure) {
      if (failure.error().code == "shards") throw;
      complain("leases could not be renewed: " + failure.error().message);
    }
    timer.expires_after(life_ / renewals_per_life);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

void ShardKeeper::follow(const contract::LeaseAnswer& answer) {
  const auto has = [](const auto& list, const auto& one) { return std::ranges::find(list, one) != list.end(); };
  std::vector<std::uint32_t> lost;
  for (const auto& [index, part] : parts_) {
    if (!has(answer.held, part.held)) lost.push_back(index);
  }
  for (const auto index : lost) let_go(index, Farewell::lost);
  for (const auto index : answer.release) let_go(index, Farewell::commits);
  for (const auto& held : answer.held) {
    const bool surplus = has(answer.release, held.index);
    const bool busy = parts_.contains(held.index) || beginning_.contains(held.index) || ending_.contains(held.index);
    if (!surplus && !busy) begin(held);
  }
  if (answer.workers == std::exchange(workers_, answer.workers)) return;
  dependencies_.log.info(std::to_string(answer.workers) + (answer.workers == 1 ? " worker" : " workers") + ", " +
                         std::to_string(parts_.size()) + " of " + std::to_string(shards_) + " shards are here");
}

void ShardKeeper::begin(const contract::HeldShard& held) {
  auto part = std::make_shared<Part>();
  part->held = held;
  beginning_[held.index] = std::thread([this, part] {
    make(*part);
    asio::post(role_.loop(), [this, part] { begun(*part); });
  });
}

void ShardKeeper::make(Part& part) {
  const auto index = part.held.index;
  part.role = std::make_unique<Role>("shard " + std::to_string(index), dependencies_.log, [this, index] {
    asio::post(role_.loop(), [this, index] { let_go(index, Farewell::lost); });
  });
  try {
    Process::Dependencies process{dependencies_.bus,   dependencies_.store, dependencies_.clock,
                                  dependencies_.zones, dependencies_.log,   dependencies_.version};
    process.tenure = {{index, shards_}, part.held.epoch};
    if (process.tenure.shard.is_chief()) process.journal = dependencies_.journal();
    if (dependencies_.collectors) part.collectors = dependencies_.collectors(*part.role);
    process.collectors = part.collectors.get();
    part.process = std::make_unique<Process>(*part.role, config_, std::move(process));
  } catch (const base::Failure& failure) {
    part.trouble = failure.error().message;
  }
}

void ShardKeeper::begun(Part& part) {
  if (finishing_) return;
  const auto index = part.held.index;
  beginning_.extract(index).mapped().join();
  const auto name = "shard " + std::to_string(index);
  if (!part.process) return complain(name + " could not be begun, trying again: " + part.trouble);
  part.role->start();
  dependencies_.log.info(name + " is here now");
  parts_.emplace(index, std::move(part));
}

void ShardKeeper::let_go(std::uint32_t index, Farewell farewell) {
  const auto found = parts_.find(index);
  if (found == parts_.end()) return;
  const auto held = found->second.held;
  auto part = std::make_shared<Part>(std::move(parts_.extract(found).mapped()));
  ending_[index] = std::thread([this, part, held, farewell] {
    auto trouble = part->end(farewell == Farewell::commits);
    asio::post(role_.loop(), [this, held, farewell, trouble = std::move(trouble)] { ended(held, farewell, trouble); });
  });
}

void ShardKeeper::ended(const contract::HeldShard& held, Farewell farewell, const std::string& trouble) {
  const auto name = "shard " + std::to_string(held.index);
  if (!ending_.contains(held.index)) return;
  ending_.extract(held.index).mapped().join();
  if (farewell == Farewell::lost || !trouble.empty()) {
    dependencies_.log.warning(name + " was given up: what was not committed is read again by whoever has it next" +
                              (trouble.empty() ? "" : " (" + trouble + ")"));
    return;
  }
  dependencies_.log.info(name + " was given back");
  role_.scope().spawn("give back", give_back(held));
}

io::Task<void> ShardKeeper::give_back(contract::HeldShard shard) {
  try {
    co_await leases_.call(
        [worker = dependencies_.worker, shard](contract::ShardLeases& leases) { leases.release(worker, shard); });
  } catch (const base::Failure& failure) {
    complain("a lease could not be given back, it will run out: " + failure.error().message);
  }
}

// Each at once: the last commits of many shards wait for the same disk together.
void ShardKeeper::finish() {
  if (std::exchange(finishing_, true)) return;
  for (auto& [index, thread] : std::exchange(beginning_, {})) thread.join();
  std::vector<std::thread> last;
  for (auto& [index, part] : std::exchange(parts_, {})) {
    last.emplace_back([this, index, ending = std::make_shared<Part>(std::move(part))] {
      if (const auto why = ending->end(true); !why.empty())
        dependencies_.log.warning("shard " + std::to_string(index) + " has a last part that is read again: " + why);
    });
  }
  for (auto& thread : last) thread.join();
  for (auto& [index, thread] : std::exchange(ending_, {})) thread.join();
  role_.loop().restart();
  auto gone = asio::co_spawn(role_.loop(), leave(), asio::use_future);
  role_.loop().run_for(longest_farewell);
  if (gone.wait_for(base::Seconds{0}) == std::future_status::ready) gone.get();
}

io::Task<void> ShardKeeper::leave() {
  try {
    co_await leases_.call([worker = dependencies_.worker](contract::ShardLeases& leases) { leases.leave(worker); });
  } catch (const base::Failure& failure) {
    dependencies_.log.warning("the leases could not be given back, they will run out: " + failure.error().message);
  }
}

// Once for each new trouble.
void ShardKeeper::complain(const std::string& text) {
  if (text == std::exchange(complaint_, text)) return;
  dependencies_.log.error(text);
}

}  // namespace davylamp::app
