#include "io/task_scope.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <map>
#include <vector>

namespace davylamp::io {
namespace {

bool is_echo_of_cancel(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& failure) {
    return failure.code() == boost::asio::error::operation_aborted;
  } catch (const boost::asio::multiple_exceptions& all) {  // of a task that waited for one of two
    return is_echo_of_cancel(all.first_exception());
  } catch (...) {
    return false;
  }
}

}  // namespace

// Shared with the completion of each task: that may run after the scope is gone.
struct TaskScope::State {
  State(boost::asio::any_io_executor loop, Report told) : executor(loop), report(std::move(told)), all_ended(loop) {
    all_ended.expires_at(boost::asio::steady_timer::time_point::max());
  }

  void ended(std::size_t number, const std::string& name, const std::exception_ptr& error) {
    tasks.erase(number);
    if (error && !(stopping && is_echo_of_cancel(error))) report(name, error);
    if (tasks.empty()) all_ended.cancel();
  }

  boost::asio::any_io_executor executor;
  Report report;
  boost::asio::steady_timer all_ended;
  std::map<std::size_t, std::shared_ptr<boost::asio::cancellation_signal>> tasks;
  std::size_t next_number = 0;
  bool stopping = false;
};

TaskScope::TaskScope(boost::asio::any_io_executor executor, Report report)
    : state_(std::make_shared<State>(std::move(executor), std::move(report))) {}

TaskScope::~TaskScope() {
  cancel();
}

bool TaskScope::spawn(std::string name, Task<void> task) {
  if (state_->stopping) return false;
  const auto number = state_->next_number++;
  auto signal = std::make_shared<boost::asio::cancellation_signal>();
  state_->tasks.emplace(number, signal);
  auto ended = [state = state_, signal, number, name = std::move(name)](const std::exception_ptr& error) {
    state->ended(number, name, error);
  };
  boost::asio::co_spawn(state_->executor, std::move(task),
                        boost::asio::bind_cancellation_slot(signal->slot(), std::move(ended)));
  return true;
}

void TaskScope::cancel() {
  if (state_->stopping) return;
  state_->stopping = true;
  std::vector<std::shared_ptr<boost::asio::cancellation_signal>>
      signals;  // emit() may end tasks, and so change the map
  signals.reserve(state_->tasks.size());
  for (const auto& [number, signal] : state_->tasks) signals.push_back(signal);
  for (const auto& signal : signals) signal->emit(boost::asio::cancellation_type::terminal);
}

Task<void> TaskScope::join() {
  const auto state = state_;
  while (!state->tasks.empty()) {
    co_await state->all_ended.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
}

Task<void> TaskScope::stop() {
  cancel();
  co_await join();
}

std::size_t TaskScope::size() const {
  return state_->tasks.size();
}
bool TaskScope::cancelled() const {
  return state_->stopping;
}

}  // namespace davylamp::io
