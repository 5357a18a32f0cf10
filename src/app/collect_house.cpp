// What the collect role does beside collecting, every second.
#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iterator>
#include <utility>

#include "app/collect.hpp"
#include "app/heard_sources.hpp"

namespace davylamp::app {
namespace {

namespace asio = boost::asio;

constexpr base::Seconds house_every{1};
constexpr unsigned houses_per_reload = 60;
constexpr unsigned houses_per_loss_report = 10;

}  // namespace

io::Task<void> Collect::keep_house() {
  asio::steady_timer timer(role_.loop());
  for (unsigned round = 1;; ++round) {
    timer.expires_after(house_every);
    co_await timer.async_wait(asio::use_awaitable);
    if (std::exchange(looked_up_, false)) enricher_.let_go();
    renew_key();
    if (round % houses_per_loss_report == 0) tell_losses();
    if (tells_health_ && round % HeardSources::told_every.count() == 0) tell_health();
    if (round % houses_per_reload != 0) continue;
    for (const auto& told : enricher_.reload_if_changed()) dependencies_.log.info(told);
  }
}

void Collect::renew_key() {
  if (!key_) return;
  try {
    key_->renew(dependencies_.clock.now());
  } catch (const base::Failure& failure) {
    dependencies_.log.error(failure.error().message);
  }
}

void Collect::tell_losses() {
  model::LossesCounted counted{losses_of_, {}};
  for (const auto& named : sources_) {
    if (!named.losses) continue;
    for (auto& loss : named.losses()) {
      loss.text = named.id.name + ": " + loss.text;
      counted.losses.push_back(std::move(loss));
    }
  }
  if (kernel_) counted.losses.push_back({"kernel_stops_failed", kernel_->failures(), "changes that nftables refused"});
  counted.losses.push_back({"place_faults", enricher_.faults(), "look-ups that met damage in a place database"});
  auto on_the_way = dependencies_.bus.losses();
  if (!on_the_way.empty()) {
    on_the_way.push_back({"observations_dropped", dependencies_.bus.observation_stats().dropped,
                          "reports that did not fit into this collector's memory before the bus took them"});
  }
  std::ranges::move(on_the_way, std::back_inserter(counted.losses));
  dependencies_.bus.publish(std::make_shared<const std::vector<model::Change>>(1, std::move(counted)));
}

}  // namespace davylamp::app
