#include "bus/uplink/collector_bus.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/result.hpp"
#include "bus/uplink/deadline.hpp"
#include "bus/uplink/pace.hpp"
#include "io/together.hpp"

namespace davylamp::uplink {
namespace {

namespace asio = boost::asio;

constexpr std::size_t commands_kept = 4'096;
constexpr std::size_t weight_at_once = 2'000;
constexpr std::size_t most_questions = 64;
constexpr base::Milliseconds held_back_pause{50};
constexpr base::Seconds longest_welcome{30};
}  // namespace

CollectorBus::CollectorBus(asio::any_io_executor executor, Options options)
    : executor_(executor),
      options_(std::move(options)),
      outbox_(options_.limits),
      signal_(std::move(executor)),
      commands_(commands_kept) {
  if (options_.network) tls_ = io::make_tls_client(options_.network->files);
  if (!options_.spool) return;
  spool_ = std::make_unique<Spool>(*options_.spool);
  spool_stats_ = spool_->stats();
  desk_.emplace("spool", std::make_unique<Desk>(spool_.get()));
  spooling_ = true;
}

void CollectorBus::publish(model::Observation observation) {
  const std::lock_guard lock(mutex_);
  published_boot_ = observation.boot;
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
  throw base::Failure("not_here", "observations are read where the process role is, not at a collector");
}

std::unique_ptr<contract::ChangeReader> CollectorBus::changes(asio::any_io_executor) {
  throw base::Failure("not_here", "changes are read where the serve role is, not at a collector");
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
  auto stats = outbox_.stats();
  stats.waiting += spool_stats_.waiting;
  return stats;
}

Spool::Stats CollectorBus::spool_stats() const {
  const std::lock_guard lock(mutex_);
  return spool_stats_;
}

io::Task<void> CollectorBus::run(std::function<void(const std::string&)> connected) {
  auto stream = options_.network ? co_await connect_network() : co_await connect_local();
  std::exception_ptr failure;
  bool greeted = false;
  try {
    co_await within(longest_welcome, "the daemon does not answer the greeting", greet(stream, std::move(connected)));
    greeted = true;
    co_await io::together(receive(stream), io::together(send(stream), stay_alive()));
  } catch (...) {
    failure = std::current_exception();
  }
  if (!greeted) ++gateway_;
  // What comes from now on waits behind what could not be delivered.
  spooling_ = spool_ != nullptr;
  if (failure) std::rethrow_exception(failure);
}

io::Task<void> CollectorBus::greet(LineStream& stream, std::function<void(const std::string&)> connected) {
  Hello said{protocol_version, options_.version, options_.node, options_.boot, std::nullopt};
  if (options_.network) said.token = options_.network->token;
  std::string hello;
  append_line(hello, said);
  co_await stream.send(hello);
  const auto line = co_await stream.line(longest_greeting_bytes);
  const auto answer = base::value_or_throw(read_from_daemon(line));
  if (const auto* refused = std::get_if<Refused>(&answer)) throw base::Failure("refused", refused->why);
  const auto* welcome = std::get_if<Welcome>(&answer);
  if (welcome == nullptr) throw base::Failure("bad_message", "davylampd did not answer the greeting");
  {
    const std::lock_guard lock(mutex_);
    outbox_.rewind();
    told_.clear();
  }
  resending_ = spool_ != nullptr;
  spooling_ = resending_;
  held_back_since_.reset();
  waiting_since_.reset();
  connected(welcome->version);
}

// Encoded outside the lock: who publishes never waits for it.
std::string CollectorBus::encode_some(Share share) {
  std::vector<bus::Outbox::Item> items;
  std::optional<std::vector<model::Loss>> losses;
  std::vector<Told> told;
  bool pulse = false;
  {
    const std::lock_guard lock(mutex_);
    if (share != Share::nothing) items = outbox_.take(share == Share::waiting ? weight_at_once : 0);
    losses = std::exchange(losses_, std::nullopt);
    told = std::exchange(told_, {});
    pulse = std::exchange(pulse_, false);
    if (items.empty() && !losses && !pulse && told.empty()) sending_ = false;
  }
  std::string text;
  for (auto& answer : told) {
    answer.told_at = options_.clock->now();
    append_line(text, answer);
  }
  for (const auto& item : items) append_line(text, *item);
  if (losses) append_losses(text, std::move(*losses));
  if (text.empty() && pulse) append_line(text, Alive{});
  return text;
}

void CollectorBus::append_losses(std::string& text, std::vector<model::Loss> losses) const {
  bus::Outbox::Stats stats;
  Spool::Stats spool;
  std::uint64_t failures = 0;
  {
    const std::lock_guard lock(mutex_);
    stats = outbox_.stats();
    spool = spool_stats_;
    failures = spool_failures_;
  }
  losses.push_back({"uplink_reports_dropped", stats.dropped + spool.dropped,
                    "reports that did not fit into the collector's memory or its spool while davylampd was away; later "
                    "ones heal them"});
  losses.push_back({"uplink_facts_lost", stats.lost + spool.lost,
                    "ends, refused logins and the like that did not fit into the collector's memory or its spool"});
  if (spool_) {
    losses.push_back({"spool_files_torn", spool.torn, "files of the spool that a crash left without their end"});
    losses.push_back({"spool_failures", failures,
                      "times that the spool could not be written; meanwhile the collector's memory had to do"});
  }
  append_line(text, Lost{std::move(losses)});
}

io::Task<void> CollectorBus::send(LineStream& stream) {
  asio::steady_timer pause(executor_);
  for (;;) {
    Portion portion;
    if (spooling_) portion = co_await from_spool();
    // Answers on the clock do not wait for what is behind a spool.
    auto text = encode_some(spooling_ ? Share::nothing : Share::waiting);
    text += portion.text;
    if (!text.empty()) {
      co_await stream.send(text);
    } else if (portion.held_back) {
      pause.expires_after(held_back_pause);
      co_await pause.async_wait(asio::use_awaitable);
    } else if (!spooling_) {
      co_await signal_.wait();
    }
  }
}

io::Task<void> CollectorBus::receive(LineStream& stream) {
  for (;;) {
    auto message = base::value_or_throw(read_from_daemon(co_await stream.line(longest_line_bytes)));
    if (auto* acknowledged = std::get_if<Acknowledged>(&message)) {
      co_await acknowledge(std::move(acknowledged->cursors));
    } else if (auto* ordered = std::get_if<Ordered>(&message)) {
      commands_.publish(ordered->command);
    } else if (const auto* asked = std::get_if<Asked>(&message); asked != nullptr && options_.clock != nullptr) {
      const std::lock_guard lock(mutex_);
      if (told_.size() < most_questions) told_.push_back({asked->at, options_.clock->now(), {}});
      if (!std::exchange(sending_, true)) signal_.wake();
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
