// A run of a witness within the server of two hosts, a few milliseconds of its loop at a time.
#pragma once

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>

#include "contract/testing/witness_scene.hpp"

namespace davylamp::contract::testing {

class WitnessRun {
 public:
  WitnessRun(TwoHosts& hosts, Witness& witness, RecordingFlowSink& sink) : hosts_(hosts), sink_(sink) {
    boost::asio::co_spawn(loop_, witness.run(sink),
                          boost::asio::bind_cancellation_slot(signal_.slot(), [this](std::exception_ptr failure) {
                            failure_ = failure;
                            over_ = true;
                          }));
  }
  WitnessRun(const WitnessRun&) = delete;
  WitnessRun& operator=(const WitnessRun&) = delete;
  ~WitnessRun() { cancel(); }

  // Lets it run until `done`, at most 30 s. A run that ends before fails the test.
  bool until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!done() && !over_ && std::chrono::steady_clock::now() < deadline) turn();
    if (over_) ADD_FAILURE() << "the witness ended: " << failure_text();
    return done();
  }
  // So many listings more.
  bool listings(std::size_t count) {
    const auto wanted = sink_.listings() + count;
    return until([&] { return sink_.listings() >= wanted; });
  }
  void cancel() {
    if (over_) return;
    signal_.emit(boost::asio::cancellation_type::all);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!over_ && std::chrono::steady_clock::now() < deadline) turn();
    EXPECT_TRUE(over_) << "20 s after it was cancelled it still runs";
    sink_.forget_unfinished_listing();
  }
  // Lets it run until it ends by itself; what it threw.
  std::exception_ptr outcome() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!over_ && std::chrono::steady_clock::now() < deadline) turn();
    return failure_;
  }
  bool is_over() const { return over_; }

 private:
  void turn() {
    hosts_.in_server([this] {
      loop_.restart();
      loop_.run_for(std::chrono::milliseconds(5));
    });
  }
  std::string failure_text() const {
    try {
      if (failure_) std::rethrow_exception(failure_);
    } catch (const std::exception& problem) {
      return problem.what();
    }
    return "without a failure";
  }

  TwoHosts& hosts_;
  RecordingFlowSink& sink_;
  boost::asio::io_context loop_{1};
  boost::asio::cancellation_signal signal_;
  bool over_ = false;
  std::exception_ptr failure_;
};

}  // namespace davylamp::contract::testing
