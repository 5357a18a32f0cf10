// Carries messages to people: what waits is sent, tried again, or given up; every step is known and stored.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/delivery/channel_runner.hpp"
#include "app/log.hpp"
#include "base/zone.hpp"
#include "contract/bus.hpp"
#include "core/alerts/alert_engine.hpp"

namespace davylamp::app {

// On the process role's loop; each channel has a thread of its own, so that a slow provider delays nobody else.
class Courier {
 public:
  struct Dependencies {
    contract::Bus& bus;  // for the answers of tests
    const base::Clock& clock;
    const base::Zones& zones;
    Log& log;
  };
  Courier(const Config& config, Dependencies dependencies);
  ~Courier();
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  // As the rules know them.
  std::vector<core::AlertChannel> channels() const;
  // Deliveries that are stored: those that wait will be sent, those that were dropped no longer. Repetitions of what is
  // known do nothing. One for a channel that is not configured any more fails.
  void take(const std::vector<model::Delivery>& deliveries);
  // What became of some since the last call, each once, as it is now: to be stored.
  std::vector<model::Delivery> take_done();
  bool has_done() const { return !done_.empty(); }
  // Sends a test message; publishes CommandDone for `command` when the provider has answered.
  void test(const std::string& channel, std::uint64_t command);
  // Until cancelled. What is being sent then is given up within about a second, and is sent after the next start.
  io::Task<void> run();

 private:
  io::Task<void> run_from(std::size_t index);
  io::Task<void> wait_for_stop();
  void answer(std::uint64_t command, bool ok, std::string text);

  Dependencies dependencies_;
  std::shared_ptr<std::atomic<bool>> stopping_;
  std::map<std::uint64_t, model::Delivery> done_;
  std::vector<std::unique_ptr<ChannelRunner>> runners_;
};

}  // namespace davylamp::app
