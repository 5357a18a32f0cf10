// Carries messages to people: what waits is sent, tried again, or given up; every step is known and stored.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/config.hpp"
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

  // As the rules know them.
  std::vector<core::AlertChannel> channels() const;
  // Deliveries that are stored: those that wait will be sent, those that were dropped no longer. Repetitions of what is
  // known do nothing.
  void take(const std::vector<model::Delivery>& deliveries);
  // What became of some since the last call: to be stored.
  std::vector<model::Delivery> take_done();
  bool has_done() const { return !done_.empty(); }
  // Sends a test message; publishes CommandDone for `command` when the provider has answered.
  void test(const std::string& channel, std::uint64_t command);
  // Until cancelled.
  io::Task<void> run();

 private:
  Dependencies dependencies_;
  std::vector<model::Delivery> done_;
};

}  // namespace davylamp::app
