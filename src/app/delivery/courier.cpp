#include "app/delivery/courier.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "app/delivery/set_at_end.hpp"
#include "io/together.hpp"

namespace davylamp::app {
namespace {

namespace asio = boost::asio;

}  // namespace

Courier::Courier(const Config& config, Dependencies dependencies)
    : dependencies_(dependencies), stopping_(std::make_shared<std::atomic<bool>>(false)) {
  const ChannelNeeds needs{dependencies.clock, dependencies.zones,
                           [stopping = stopping_] { return stopping->load(std::memory_order_relaxed); }};
  for (auto& channel : open_channels(config.notify, needs)) {
    ChannelRunner::Reports reports{
        .settled = [this](model::Delivery delivery) { done_.insert_or_assign(delivery.id, std::move(delivery)); },
        .tested = [this](std::uint64_t command, bool ok, std::string text) { answer(command, ok, std::move(text)); }};
    runners_.push_back(
        std::make_unique<ChannelRunner>(std::move(channel), dependencies.clock, dependencies.log, std::move(reports)));
  }
}

Courier::~Courier() {
  *stopping_ = true;
}

std::vector<core::AlertChannel> Courier::channels() const {
  std::vector<core::AlertChannel> all;
  for (const auto& runner : runners_) all.push_back(runner->rules());
  return all;
}

void Courier::take(const std::vector<model::Delivery>& deliveries) {
  for (const auto& delivery : deliveries) {
    const auto found =
        std::ranges::find_if(runners_, [&](const auto& runner) { return runner->rules().name == delivery.channel; });
    if (found != runners_.end()) {
      (*found)->take(delivery);
    } else if (delivery.state == model::DeliveryState::waiting) {
      auto failed = delivery;
      failed.state = model::DeliveryState::failed;
      failed.done_at = dependencies_.clock.now();
      failed.result = "there is no channel " + delivery.channel + " in the configuration";
      done_.insert_or_assign(failed.id, std::move(failed));
    }
  }
}

std::vector<model::Delivery> Courier::take_done() {
  std::vector<model::Delivery> all;
  for (auto& [id, delivery] : std::exchange(done_, {})) all.push_back(std::move(delivery));
  return all;
}

void Courier::test(const std::string& channel, std::uint64_t command) {
  const auto found =
      std::ranges::find_if(runners_, [&](const auto& runner) { return runner->rules().name == channel; });
  if (found == runners_.end()) return answer(command, false, "there is no channel " + channel);
  (*found)->test(command);
}

io::Task<void> Courier::run() {
  if (runners_.empty()) co_return;
  co_await io::together(run_from(0), wait_for_stop());
}

io::Task<void> Courier::run_from(std::size_t index) {
  if (index + 1 == runners_.size()) {
    co_await runners_[index]->run();
  } else {
    co_await io::together(runners_[index]->run(), run_from(index + 1));
  }
}

io::Task<void> Courier::wait_for_stop() {
  const SetAtEnd at_end(*stopping_);
  asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  co_await timer.async_wait(asio::use_awaitable);
}

void Courier::answer(std::uint64_t command, bool ok, std::string text) {
  auto changes = std::make_shared<std::vector<model::Change>>();
  changes->emplace_back(model::CommandDone{command, ok, std::move(text)});
  dependencies_.bus.publish(contract::Changes(changes));
}

}  // namespace davylamp::app
