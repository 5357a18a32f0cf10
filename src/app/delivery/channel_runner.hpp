// One channel at work: a thread that sends, and on the loop the order in which.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "app/delivery/channel_queue.hpp"
#include "app/delivery/channels.hpp"
#include "app/log.hpp"
#include "io/task.hpp"
#include "io/worker.hpp"

namespace davylamp::app {

// Used on one loop.
class ChannelRunner {
 public:
  struct Reports {
    std::function<void(model::Delivery)> settled;  // to be stored
    std::function<void(std::uint64_t command, bool ok, std::string text)> tested;
  };
  ChannelRunner(Channel channel, const base::Clock& clock, Log& log, Reports reports);

  const core::AlertChannel& rules() const { return rules_; }
  void take(const model::Delivery& delivery);
  void test(std::uint64_t command);
  // Until cancelled; what is being sent then is waited for.
  io::Task<void> run();

 private:
  io::Task<void> sleep_until(std::optional<base::Time> at);
  io::Task<void> send(model::Delivery delivery);
  io::Task<void> send_test();
  io::Task<contract::Receipt> hand_over(contract::Message message);
  void wake();
  void say(const model::Delivery& delivery);

  core::AlertChannel rules_;
  notify::Composer composer_;
  RateCap cap_;
  const base::Clock& clock_;
  Log& log_;
  Reports reports_;
  ChannelQueue queue_;
  std::deque<std::uint64_t> tests_;
  std::optional<boost::asio::steady_timer> timer_;  // while it runs
  io::Worker<contract::Notifier> worker_;
};

}  // namespace davylamp::app
