#include "app/geofence/fence_watch.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>
#include <utility>

namespace davylamp::app {
namespace {

namespace asio = boost::asio;

constexpr base::Seconds look_every{10};

std::set<std::string> services_in(const FenceFactsByService& a, const FenceFactsByService& b) {
  std::set<std::string> all;
  for (const auto* facts : {&a, &b}) {
    for (const auto& [service, fence] : *facts) all.insert(service);
  }
  return all;
}

std::optional<model::FenceFacts> fence_in(const FenceFactsByService& facts, const std::string& service) {
  const auto found = facts.find(service);
  return found == facts.end() ? std::optional<model::FenceFacts>() : found->second;
}

}  // namespace

std::optional<model::FenceFacts> FenceWatch::of(const std::string& service) const {
  return fence_in(facts_, service);
}

io::Task<void> FenceWatch::run(std::function<void(const std::string& service)> changed) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    auto now = co_await reader_.call([](FenceReader& reader) { return reader.read(); });
    const auto before = std::exchange(facts_, std::move(now));
    for (const auto& service : services_in(before, facts_)) {
      if (fence_in(before, service) != of(service)) changed(service);
    }
    timer.expires_after(look_every);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

}  // namespace davylamp::app
