#include "app/delivery/courier.hpp"

#include <utility>

namespace davylamp::app {

Courier::Courier(const Config&, Dependencies dependencies) : dependencies_(dependencies) {}

std::vector<core::AlertChannel> Courier::channels() const {
  return {};
}

void Courier::take(const std::vector<model::Delivery>&) {}

std::vector<model::Delivery> Courier::take_done() {
  return std::exchange(done_, {});
}

void Courier::test(const std::string& channel, std::uint64_t command) {
  auto changes = std::make_shared<std::vector<model::Change>>();
  changes->emplace_back(model::CommandDone{command, false, "there is no channel " + channel});
  dependencies_.bus.publish(contract::Changes(changes));
}

io::Task<void> Courier::run() {
  co_return;
}

}  // namespace davylamp::app
