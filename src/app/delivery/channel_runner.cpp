#include "app/delivery/channel_runner.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "io/supervise.hpp"

namespace davylamp::app {
namespace {

namespace asio = boost::asio;
using contract::Receipt;

// The clock may be set: what is due is looked for at least so often.
constexpr base::Milliseconds longest_sleep{5'000};
constexpr std::size_t most_tests = 16;

}  // namespace

ChannelRunner::ChannelRunner(Channel channel, const base::Clock& clock, Log& log, Reports reports)
    : rules_(std::move(channel.rules)),
      composer_(std::move(channel.composer)),
      cap_(std::move(channel.cap)),
      clock_(clock),
      log_(log),
      reports_(std::move(reports)),
      worker_("notify-" + rules_.name, std::move(channel.notifier)) {}

void ChannelRunner::take(const model::Delivery& delivery) {
  if (auto failed = queue_.take(delivery, clock_.now())) {
    say(*failed);
    reports_.settled(std::move(*failed));
  }
  wake();
}

void ChannelRunner::test(std::uint64_t command) {
  if (tests_.size() >= most_tests) return reports_.tested(command, false, "too many tests wait for this channel");
  tests_.push_back(command);
  wake();
}

io::Task<void> ChannelRunner::run() {
  timer_.emplace(co_await asio::this_coro::executor);
  for (;;) {
    const auto now = clock_.now();
    auto next = queue_.next(now);
    if (!tests_.empty()) {
      co_await send_test();
    } else if (!next.delivery) {
      co_await sleep_until(next.at);
    } else if (const auto free_at = cap_.free_at(now); free_at > now) {
      co_await sleep_until(free_at);
    } else {
      co_await send(std::move(*next.delivery));
    }
  }
}

io::Task<void> ChannelRunner::sleep_until(std::optional<base::Time> at) {
  if (at) {
    const auto wait = std::clamp(*at - clock_.now(), base::Milliseconds{1}, longest_sleep);
    timer_->expires_after(wait);
  } else {
    timer_->expires_at(asio::steady_timer::time_point::max());
  }
  boost::system::error_code woken;
  co_await timer_->async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

io::Task<void> ChannelRunner::send(model::Delivery delivery) {
  cap_.use(clock_.now());
  const auto receipt = co_await hand_over(composer_.compose(delivery, clock_.now()));
  if (auto settled = queue_.settle(delivery, receipt, clock_.now())) {
    say(*settled);
    reports_.settled(std::move(*settled));
  }
}

io::Task<void> ChannelRunner::send_test() {
  const auto command = tests_.front();
  tests_.pop_front();
  cap_.use(clock_.now());
  const auto receipt = co_await hand_over(composer_.test(rules_.name, clock_.now()));
  reports_.tested(command, receipt.outcome == Receipt::Outcome::delivered, receipt.text);
}

io::Task<Receipt> ChannelRunner::hand_over(contract::Message message) {
  std::string broken;
  try {
    co_return co_await worker_.call(
        [message = std::move(message)](contract::Notifier& notifier) { return notifier.send(message); });
  } catch (...) {
    broken = io::error_of(std::current_exception()).message;
  }
  co_return Receipt{
      .outcome = Receipt::Outcome::try_again, .text = "it could not be tried: " + broken, .retry_after = std::nullopt};
}

void ChannelRunner::wake() {
  if (timer_) timer_->cancel();
}

void ChannelRunner::say(const model::Delivery& delivery) {
  const auto what = "channel " + rules_.name + ", message " + std::to_string(delivery.id) + ": ";
  if (delivery.state == model::DeliveryState::failed) log_.warning(what + "not delivered: " + delivery.result);
  if (delivery.state == model::DeliveryState::waiting) log_.info(what + "will be tried again: " + delivery.result);
}

}  // namespace davylamp::app
