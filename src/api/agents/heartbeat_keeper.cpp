#include "api/agents/heartbeat_keeper.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iterator>

namespace davylamp::api {
namespace {

namespace asio = boost::asio;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

}  // namespace

// Heartbeats that become durable together, and the timer on which those wait who brought them: it never ends by itself.
struct HeartbeatKeeper::Group {
  explicit Group(const asio::any_io_executor& executor) : done(executor, asio::steady_timer::time_point::max()) {}
  enum class State { gathering, durable, failed };
  std::vector<model::Heartbeat> heartbeats;
  asio::steady_timer done;
  State state = State::gathering;
  void finish(State now) {
    state = now;
    done.cancel();
  }
};

HeartbeatKeeper::HeartbeatKeeper(asio::any_io_executor executor, io::Worker<contract::HeartbeatJournal>& journal,
                                 Kept kept, Options options)
    : executor_(executor),
      journal_(journal),
      kept_(std::move(kept)),
      options_(options),
      wake_(executor, asio::steady_timer::time_point::max()) {}

io::Task<void> HeartbeatKeeper::keep(std::vector<model::Heartbeat> heartbeats) {
  if (stopped_ || waiting_ + heartbeats.size() > options_.most_waiting) {
    stats_.refused += heartbeats.size();
    throw base::Failure("overloaded", "too many heartbeats are waiting to be kept; try again later");
  }
  if (gathering_.empty() || gathering_.back()->heartbeats.size() >= options_.most_per_commit) {
    gathering_.push_back(std::make_shared<Group>(executor_));
  }
  const auto group = gathering_.back();
  waiting_ += heartbeats.size();
  group->heartbeats.insert(group->heartbeats.end(), std::move_iterator(heartbeats.begin()),
                           std::move_iterator(heartbeats.end()));
  wake_.cancel();
  co_await group->done.async_wait(as_result);
  if (group->state == Group::State::durable) co_return;
  if (group->state == Group::State::gathering) throw boost::system::system_error(asio::error::operation_aborted);
  throw base::Failure("journal", "the heartbeats could not be kept");
}

std::shared_ptr<HeartbeatKeeper::Group> HeartbeatKeeper::next_group() {
  auto group = std::move(gathering_.front());
  gathering_.erase(gathering_.begin());
  return group;
}

io::Task<void> HeartbeatKeeper::commit(std::shared_ptr<Group> group) {
  const auto count = group->heartbeats.size();
  bool durable = true;
  try {
    const auto append = [group](contract::HeartbeatJournal& journal) { journal.append(group->heartbeats); };
    co_await journal_.call(append);
  } catch (const std::exception&) {
    durable = false;
  }
  waiting_ -= count;
  ++stats_.commits;
  (durable ? stats_.kept : stats_.failed) += count;
  if (durable) kept_(std::move(group->heartbeats));
  group->finish(durable ? Group::State::durable : Group::State::failed);
}

io::Task<void> HeartbeatKeeper::run() {
  // Whoever is told of the end must have left run(): so nothing throws out of a wait.
  co_await asio::this_coro::throw_if_cancelled(false);
  const auto cancelled = [](const asio::cancellation_state& state) {
    return state.cancelled() != asio::cancellation_type::none;
  };
  while (!cancelled(co_await asio::this_coro::cancellation_state)) {
    if (gathering_.empty()) {
      co_await wake_.async_wait(as_result);
      continue;
    }
    co_await commit(next_group());
  }
  stopped_ = true;
  for (const auto& group : gathering_) {
    stats_.failed += group->heartbeats.size();
    group->finish(Group::State::failed);
  }
  gathering_.clear();
  waiting_ = 0;
  throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace davylamp::api
