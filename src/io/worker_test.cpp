#include "io/worker.hpp"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

namespace davylamp::io {
namespace {

struct Counter {
  int value = 0;
};

Task<int> add_on(Worker<Counter>& worker, int by) {
  co_return co_await worker.call([by](Counter& counter) { return counter.value += by; });
}
Task<void> fail_on(Worker<Counter>& worker) {
  co_await worker.call([](Counter&) { throw base::Failure("broken", "it broke"); });
}

class WorkerTest : public testing::Test {
 protected:
  template <class T>
  T run(Task<T> task) {
    auto future = boost::asio::co_spawn(loop_, std::move(task), boost::asio::use_future);
    loop_.restart();
    loop_.run();
    return future.get();
  }

  boost::asio::io_context loop_{1};  // outlives the worker, which may still be waking it when a result is here
  Worker<Counter> worker_{"test", std::make_unique<Counter>()};
};

}  // namespace

TEST_F(WorkerTest, GivesResultsBackInOrder) {
  EXPECT_EQ(run(add_on(worker_, 2)), 2);
  EXPECT_EQ(run(add_on(worker_, 3)), 5);
}

TEST_F(WorkerTest, GivesExceptionsBack) {
  EXPECT_THROW(run(fail_on(worker_)), base::Failure);
}

TEST(JobThreadTest, RefusesWhatDoesNotFitAndRunsWhatDoes) {
  std::mutex gate;
  gate.lock();
  int ran = 0;
  int refused = 0;
  {
    JobThread thread("test", 2);
    thread.submit([&] {
      const std::lock_guard wait(gate);
      ++ran;
    });
    for (int i = 0; i < 10; ++i) refused += thread.submit([&] { ++ran; }) ? 0 : 1;
    gate.unlock();
  }
  EXPECT_GE(refused, 7);
  EXPECT_EQ(ran + refused, 11);
}

}  // namespace davylamp::io
