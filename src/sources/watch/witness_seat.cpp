#include "sources/watch/witness_seat.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "io/supervise.hpp"

namespace davylamp::watch {
namespace {

namespace asio = boost::asio;
// A privilege is not granted by the second.
constexpr base::Seconds refused_pause{60};

}  // namespace

io::Task<void> WitnessSeat::run() {
  io::Supervision supervision;
  supervision.start = [this] { return run_once(); };
  supervision.failed = [this](const base::Error& error, base::Milliseconds) { failed(error); };
  supervision.pauses = {base::Milliseconds{500}, base::Milliseconds{30'000}};
  supervision.seed = number_ + 1;
  return io::supervise(std::move(supervision));
}

io::Task<void> WitnessSeat::run_once() {
  if (std::exchange(refused_, false)) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(refused_pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_await witness_->run(*this);
}

void WitnessSeat::failed(const base::Error& error) {
  refused_ = error.code == "refused";
  told(refused_ ? model::WitnessState::refused : model::WitnessState::failed, error.message);
}

void WitnessSeat::told(model::WitnessState state, std::string text) {
  state_ = state;
  text_ = std::move(text);
  ear_.told(number_, clock_.now(), state);
}

}  // namespace davylamp::watch
