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

template <class T>
T run(Task<T> task) {
  boost::asio::io_context loop(1);
  auto future = boost::asio::co_spawn(loop, std::move(task), boost::asio::use_future);
  loop.run();
  return future.get();
}

Task<int> add_on(Worker<Counter>& worker, int by) {
  co_return co_await worker.call([by](Counter& counter) { return counter.value += by; });
}
Task<void> fail_on(Worker<Counter>& worker) {
  co_await worker.call([](Counter&) { throw base::Failure("broken", "it broke"); });
}

}  // namespace

TEST(WorkerTest, GivesResultsBackInOrder) {
  Worker<Counter> worker("test", std::make_unique<Counter>());
  EXPECT_EQ(run(add_on(worker, 2)), 2);
  EXPECT_EQ(run(add_on(worker, 3)), 5);
}

TEST(WorkerTest, GivesExceptionsBack) {
  Worker<Counter> worker("test", std::make_unique<Counter>());
  EXPECT_THROW(run(fail_on(worker)), base::Failure);
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
