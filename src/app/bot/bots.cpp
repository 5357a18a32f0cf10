#include "app/bot/bots.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/bot/bot.hpp"
#include "app/delivery/set_at_end.hpp"
#include "io/together.hpp"

namespace davylamp::app {

Bots::Bots(const Config& config, const BotNeeds& given) : stopping_(std::make_shared<std::atomic<bool>>(false)) {
  auto needs = given;
  for (const auto& item : config.notify.telegram) {
    if (!item.bot) continue;
    if (!audit_) needs.audit = &audit_.emplace("bot-audit", given.store.accounts());
    bots_.push_back(std::make_unique<Bot>(item, config.node.state_directory, needs, [stopping = stopping_] {
      return stopping->load(std::memory_order_relaxed);
    }));
  }
}

Bots::~Bots() {
  *stopping_ = true;
}

io::Task<void> Bots::run() {
  if (bots_.empty()) co_return;
  co_await io::together(run_from(0), wait_for_stop());
}

io::Task<void> Bots::run_from(std::size_t index) {
  if (index + 1 == bots_.size()) {
    co_await bots_[index]->run();
  } else {
    co_await io::together(bots_[index]->run(), run_from(index + 1));
  }
}

io::Task<void> Bots::wait_for_stop() {
  const SetAtEnd at_end(*stopping_);
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                  boost::asio::steady_timer::time_point::max());
  co_await timer.async_wait(boost::asio::use_awaitable);
}

std::uint64_t Bots::strangers() const {
  std::uint64_t count = 0;
  for (const auto& bot : bots_) count += bot->strangers();
  return count;
}

std::uint64_t Bots::unanswered() const {
  std::uint64_t count = 0;
  for (const auto& bot : bots_) count += bot->unanswered();
  return count;
}

}  // namespace davylamp::app
