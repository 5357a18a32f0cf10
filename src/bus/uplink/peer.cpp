#include "bus/uplink/peer.hpp"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "bus/uplink/pace.hpp"

namespace davylamp::uplink {
namespace {

// A whole list for very many users; more means that the collector does not read.
constexpr std::size_t most_unsent_bytes = 2 * longest_line_bytes;
constexpr std::size_t piece_bytes = std::size_t{256} * 1024;

}  // namespace

Peer::Peer(LineStream connection, std::string whence)
    : stream(std::move(connection)),
      from(std::move(whence)),
      over_network(stream.is_secure()),
      wake_(stream.executor()),
      silence_(stream.executor()) {}

void Peer::say(const FromDaemon& message) {
  append_line(unsent_, message);
  if (unsent_.size() > most_unsent_bytes) end("it does not take what it is told");
  wake_.wake();
}

void Peer::end(std::string why) {
  if (ending_.empty()) ending_ = std::move(why);
  wake_.wake();
}

io::Task<void> Peer::send() {
  while (ending_.empty()) {
    if (unsent_.empty()) {
      co_await wake_.wait();
      continue;
    }
    const auto text = std::exchange(unsent_, {});
    sending_ = true;
    for (std::size_t at = 0; at < text.size() && ending_.empty(); at += piece_bytes) {
      co_await stream.send(std::string_view(text).substr(at, piece_bytes));
      ++sent_;
    }
    sending_ = false;
  }
  throw base::Failure("ended", ending_);
}

io::Task<void> Peer::watch() {
  auto silent = base::Seconds{0};
  auto stuck = base::Seconds{0};
  for (auto before = std::pair{heard, sent_}; std::max(silent, stuck) < longest_silence;) {
    silence_.expires_after(alive_every);
    co_await silence_.async_wait(boost::asio::use_awaitable);
    if (!ending_.empty()) throw base::Failure("ended", ending_);
    silent = heard != before.first ? base::Seconds{0} : silent + alive_every;
    stuck = !sending_ || sent_ != before.second ? base::Seconds{0} : stuck + alive_every;
    before = {heard, sent_};
  }
  const auto seconds = std::to_string(longest_silence.count()) + " seconds";
  if (stuck >= longest_silence) throw base::Failure("slow", "it did not take what it was told for " + seconds);
  throw base::Failure("silent", "it was silent for " + seconds + "; is it stopped?");
}

}  // namespace davylamp::uplink
