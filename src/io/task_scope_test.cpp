#include "io/task_scope.hpp"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <stdexcept>
#include <vector>

namespace davylamp::io {
namespace {

struct Ended {
  explicit Ended(int& count) : count_(count) {}
  ~Ended() { ++count_; }
  Ended(const Ended&) = delete;
  Ended& operator=(const Ended&) = delete;
  int& count_;
};

Task<void> wait_for_ever(int& ended) {
  const Ended mark(ended);
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  timer.expires_at(boost::asio::steady_timer::time_point::max());
  co_await timer.async_wait(boost::asio::use_awaitable);
}

Task<void> wait_for_either(int& ended) {
  using namespace boost::asio::experimental::awaitable_operators;
  co_await (wait_for_ever(ended) || wait_for_ever(ended));
}

Task<void> end_at_once(int& ended) {
  const Ended mark(ended);
  co_return;
}

Task<void> fail() {
  throw std::runtime_error("it broke");
  co_return;
}

Task<void> start_two_then_stop(TaskScope& scope, int& ended) {
  scope.spawn("first", wait_for_ever(ended));
  scope.spawn("second", wait_for_ever(ended));
  co_await scope.stop();
}

class TaskScopeTest : public testing::Test {
 protected:
  TaskScope::Report report() {
    return [this](const std::string& task, const std::exception_ptr& error) {
      try {
        std::rethrow_exception(error);
      } catch (const std::exception& failure) {
        reports_.push_back(task + ": " + failure.what());
      }
    };
  }
  void run(Task<void> task) {
    auto future = boost::asio::co_spawn(loop_, std::move(task), boost::asio::use_future);
    loop_.run();
    loop_.restart();
    future.get();
  }

  boost::asio::io_context loop_{1};
  std::vector<std::string> reports_;
  int ended_ = 0;
};

}  // namespace

TEST_F(TaskScopeTest, StopCancelsEveryTaskAndWaitsForIt) {
  TaskScope scope(loop_.get_executor(), report());
  run(start_two_then_stop(scope, ended_));
  EXPECT_EQ(ended_, 2);
  EXPECT_EQ(scope.size(), 0U);
  EXPECT_TRUE(reports_.empty());
}

TEST_F(TaskScopeTest, JoinWaitsForTasksThatEndByThemselves) {
  TaskScope scope(loop_.get_executor(), report());
  scope.spawn("short", end_at_once(ended_));
  run(scope.join());
  EXPECT_EQ(ended_, 1);
}

TEST_F(TaskScopeTest, ReportsTheExceptionOfATaskOnce) {
  TaskScope scope(loop_.get_executor(), report());
  scope.spawn("broken", fail());
  run(scope.join());
  EXPECT_EQ(reports_, std::vector<std::string>{"broken: it broke"});
}

TEST_F(TaskScopeTest, StartsNothingAfterCancel) {
  TaskScope scope(loop_.get_executor(), report());
  scope.cancel();
  EXPECT_FALSE(scope.spawn("late", wait_for_ever(ended_)));
  run(scope.join());
  EXPECT_EQ(ended_, 0);
}

TEST_F(TaskScopeTest, CancelsATaskThatHasNotBegunYet) {
  TaskScope scope(loop_.get_executor(), report());
  scope.spawn("queued", wait_for_ever(ended_));
  scope.cancel();
  run(scope.join());
  EXPECT_EQ(scope.size(), 0U);
  EXPECT_TRUE(reports_.empty());
}

// Both fail when they are cancelled, and Asio throws the two as one.
TEST_F(TaskScopeTest, CancelsATaskThatWaitsForOneOfTwo) {
  TaskScope scope(loop_.get_executor(), report());
  scope.spawn("either", wait_for_either(ended_));
  loop_.poll();
  loop_.restart();
  run(scope.stop());
  EXPECT_EQ(ended_, 2);
  EXPECT_TRUE(reports_.empty());
}

TEST_F(TaskScopeTest, MayBeDestroyedWhileTasksAreWaiting) {
  {
    TaskScope scope(loop_.get_executor(), report());
    scope.spawn("waiting", wait_for_ever(ended_));
    loop_.poll();
    loop_.restart();
  }
  loop_.run();
  EXPECT_EQ(ended_, 1);
}

}  // namespace davylamp::io
