#include "bus/uplink/collector_bus.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/result.hpp"
#include "bus/uplink/pace.hpp"
#include "io/together.hpp"

namespace davylamp::uplink {
namespace {

namespace asio = boost::asio;

constexpr std::size_t commands_kept = 4'096;
constexpr std::size_t weight_at_once = 2'000;

}  // namespace

CollectorBus::CollectorBus(asio::any_io_executor executor, Options options)
    : executor_(executor),
      options_(std::move(options)),
      outbox_(options_.limits),
      signal_(std::move(executor)),
      commands_(commands_kept) {}

void CollectorBus::publish(model::Observation observation) {
  const std::lock_guard lock(mutex_);
  outbox_.add(std::move(observation));
  if (!std::exchange(sending_, true)) signal_.wake();
}

void CollectorBus::publish(contract::Changes changes) {
  const std::lock_guard lock(mutex_);
  for (const auto& change : *changes) {
    const auto* counted = std::get_if<model::LossesCounted>(&change);
    if (counted == nullptr) continue;
    losses_ = counted->losses;
    if (!std::exchange(sending_, true)) signal_.wake();
  }
}

std::unique_ptr<contract::ObservationReader> CollectorBus::observations(asio::any_io_executor, std::uint32_t) {
  throw base::Failure("not_here", "observations are read where the process role is, not in davylamp-agent");
}

std::unique_ptr<contract::ChangeReader> CollectorBus::changes(asio::any_io_executor) {
  throw base::Failure("not_here", "changes are read where the serve role is, not in davylamp-agent");
}

std::unique_ptr<contract::CommandReader> CollectorBus::commands(asio::any_io_executor executor) {
  return std::make_unique<bus::BroadcastCommands>(commands_.subscribe(std::move(executor)));
}

contract::TopicStats CollectorBus::observation_stats() const {
  const auto stats = outbox_stats();
  return {stats.published, stats.dropped + stats.lost, stats.waiting};
}

bus::Outbox::Stats CollectorBus::outbox_stats() const {
  const std::lock_guard lock(mutex_);
  return outbox_.stats();
}

io::Task<void> CollectorBus::run(std::function<void(const std::string&)> connected) {
  LineStream::Socket socket(executor_);
  boost::system::error_code error;
  co_await socket.async_connect(asio::local::stream_protocol::endpoint(options_.socket),
                                asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    throw base::Failure(
        "away", options_.socket + ": " + error.message() + "; is davylampd running, with collector = \"agent\"?");
  }
  LineStream stream(std::move(socket));
  co_await greet(stream, std::move(connected));
  co_await io::together(receive(stream), io::together(send(stream), stay_alive()));
}

io::Task<void> CollectorBus::greet(LineStream& stream, std::function<void(const std::string&)> connected) {
  std::string hello;
  append_line(hello, Hello{protocol_version, options_.version, options_.node, options_.boot});
  co_await stream.send(hello);
  const auto line = co_await stream.line(longest_greeting_bytes);
  const auto answer = base::value_or_throw(read_from_daemon(line));
  if (const auto* refused = std::get_if<Refused>(&answer)) throw base::Failure("refused", refused->why);
  const auto* welcome = std::get_if<Welcome>(&answer);
  if (welcome == nullptr) throw base::Failure("bad_message", "davylampd did not answer the greeting");
  {
    const std::lock_guard lock(mutex_);
    outbox_.rewind();
  }
  connected(welcome->version);
}

// Encoded outside the lock: who publishes never waits for it.
std::string CollectorBus::encode_some() {
  std::vector<bus::Outbox::Item> items;
  std::optional<std::vector<model::Loss>> losses;
  bus::Outbox::Stats stats;
  bool pulse = false;
  {
    const std::lock_guard lock(mutex_);
    items = outbox_.take(weight_at_once);
    losses = std::exchange(losses_, std::nullopt);
    pulse = std::exchange(pulse_, false);
    stats = outbox_.stats();
    if (items.empty() && !losses && !pulse) sending_ = false;
  }
  std::string text;
  for (const auto& item : items) append_line(text, *item);
  if (losses) {
    losses->push_back(
        {"uplink_reports_dropped", stats.dropped,
         "reports that did not fit into the agent's memory while davylampd was away; later ones heal them"});
    losses->push_back({"uplink_facts_lost", stats.lost,
                       "ends, refused logins and the like that did not fit into the agent's memory"});
    append_line(text, Lost{std::move(*losses)});
  }
  if (text.empty() && pulse) append_line(text, Alive{});
  return text;
}

io::Task<void> CollectorBus::send(LineStream& stream) {
  for (;;) {
    const auto text = encode_some();
    if (text.empty()) {
      co_await signal_.wait();
    } else {
      co_await stream.send(text);
    }
  }
}

io::Task<void> CollectorBus::receive(LineStream& stream) {
  for (;;) {
    auto message = base::value_or_throw(read_from_daemon(co_await stream.line(longest_line_bytes)));
    if (const auto* acknowledged = std::get_if<Acknowledged>(&message)) {
      const std::lock_guard lock(mutex_);
      outbox_.acknowledge(acknowledged->cursors);
    } else if (auto* ordered = std::get_if<Ordered>(&message)) {
      commands_.publish(ordered->command);
    }
  }
}

io::Task<void> CollectorBus::stay_alive() {
  asio::steady_timer timer(executor_);
  for (;;) {
    timer.expires_after(alive_every);
    co_await timer.async_wait(asio::use_awaitable);
    const std::lock_guard lock(mutex_);
    pulse_ = true;
    if (!std::exchange(sending_, true)) signal_.wake();
  }
}

}  // namespace davylamp::uplink
