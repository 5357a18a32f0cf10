#include "bus/uplink/listener.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/text.hpp"
#include "bus/signal.hpp"
#include "bus/uplink/line_stream.hpp"
#include "bus/uplink/pace.hpp"
#include "io/supervise.hpp"
#include "io/together.hpp"

namespace davylamp::uplink {
namespace {

namespace asio = boost::asio;

// A whole list for very many users; more means that the agent does not read.
constexpr std::size_t most_unsent_bytes = 2 * longest_line_bytes;
constexpr std::size_t most_strangers = 16;
constexpr base::Milliseconds breath{10};

}  // namespace

class Listener::Agent {
 public:
  Agent(LineStream::Socket socket, io::PeerProcess process)
      : stream(std::move(socket)), peer(process), wake(stream.socket().get_executor()), silence(wake_executor()) {}

  // Queued; what an agent does not read is not kept beyond a bound, then the connection ends.
  void say(const FromDaemon& message) {
    append_line(unsent, message);
    if (unsent.size() > most_unsent_bytes) end("it does not take what it is told");
    wake.wake();
  }
  void end(std::string why) {
    if (ending.empty()) ending = std::move(why);
    wake.wake();
  }
  io::Task<void> send() {
    while (ending.empty()) {
      if (unsent.empty()) {
        co_await wake.wait();
        continue;
      }
      const auto text = std::exchange(unsent, {});
      co_await stream.send(text);
    }
    throw base::Failure("ended", ending);
  }
  // Ends the connection when nothing was heard for too long.
  io::Task<void> watch() {
    for (auto silent = base::Seconds{0}; silent < longest_silence;) {
      silence.expires_after(alive_every);
      co_await silence.async_wait(asio::use_awaitable);
      silent = std::exchange(heard, false) ? base::Seconds{0} : silent + alive_every;
    }
    throw base::Failure("silent",
                        "it was silent for " + std::to_string(longest_silence.count()) + " seconds; is it stopped?");
  }

  LineStream stream;
  io::PeerProcess peer;
  std::string node;
  std::string version;
  bool heard = true;
  std::string unsent;
  std::string ending;
  bus::Signal wake;
  asio::steady_timer silence;

 private:
  asio::any_io_executor wake_executor() { return stream.socket().get_executor(); }
};

Listener::Listener(const asio::any_io_executor& executor, Options options, contract::Bus& bus, ListenerLog& log)
    : executor_(executor),
      options_(std::move(options)),
      bus_(bus),
      log_(log),
      acceptor_(executor, options_.socket, 0660),
      commands_(bus.commands(executor)),
      scope_(executor, [this](const std::string&, std::exception_ptr error) {
        log_.turned_away("a connection failed: " + io::error_of(error).message);
      }) {}

Listener::~Listener() = default;

io::Task<void> Listener::run() {
  std::exception_ptr failure;
  try {
    co_await io::together(accept(), forward_commands());
  } catch (...) {
    failure = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await scope_.stop();
  if (failure) std::rethrow_exception(failure);
}

io::Task<void> Listener::accept() {
  for (;;) {
    boost::system::error_code error;
    auto socket =
        co_await acceptor_.acceptor().async_accept(executor_, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
    if (error) {
      // Too many open files, for the moment.
      asio::steady_timer pause(executor_, base::Seconds{1});
      co_await pause.async_wait(asio::use_awaitable);
      continue;
    }
    const auto peer = io::peer_process(socket);
    if (!peer || strangers_ >= most_strangers) continue;
    scope_.spawn("agent", serve(std::make_shared<Agent>(std::move(socket), *peer)));
  }
}

io::Task<void> Listener::serve(std::shared_ptr<Agent> agent) {
  std::exception_ptr error;
  try {
    co_await converse(agent);
  } catch (...) {
    error = std::current_exception();
  }
  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) co_return;
  const auto why = io::error_of(error).message;
  const auto found = agents_.find(agent->node);
  if (found == agents_.end() || found->second != agent) {
    log_.turned_away("process " + std::to_string(agent->peer.process) + " of user " + std::to_string(agent->peer.user) +
                     " at the agent's socket: " + why);
    co_return;
  }
  agents_.erase(found);
  log_.left(agent->node, "davylamp-agent (process " + std::to_string(agent->peer.process) + ") is gone: " + why);
}

std::optional<std::string> Listener::why_not(const Agent& agent, const Hello& hello) const {
  if (!options_.users.contains(agent.peer.user)) {
    return "user " + std::to_string(agent.peer.user) +
           " may not connect here: run davylamp-agent as the user that node.agent_user names, as davylampd's own user "
           "or as root";
  }
  if (hello.protocol != protocol_version) {
    return "davylamp-agent " + base::printable(hello.version) + " and davylampd " + options_.version +
           " do not understand each other: install the same version of both";
  }
  if (hello.node.empty()) return "the agent does not say for which node it speaks";
  if (const auto other = agents_.find(hello.node); other != agents_.end()) {
    return "another davylamp-agent (process " + std::to_string(other->second->peer.process) +
           ") is connected for node " + base::printable(hello.node) + "; stop one of the two";
  }
  return std::nullopt;
}

io::Task<void> Listener::converse(std::shared_ptr<Agent> agent) {
  ++strangers_;
  const std::unique_ptr<std::size_t, void (*)(std::size_t*)> stranger(&strangers_,
                                                                      [](std::size_t* count) { --*count; });
  std::optional<Hello> hello;
  const auto greet = [](Agent& one, std::optional<Hello>& heard) -> io::Task<void> {
    const auto message = base::value_or_throw(read_from_collector(co_await one.stream.line(longest_greeting_bytes)));
    const auto* said = std::get_if<Hello>(&message);
    if (said == nullptr) throw base::Failure("hostile", "it did not begin with a greeting");
    heard = *said;
    throw base::Failure("greeted", "");
  };
  try {
    co_await io::together(greet(*agent, hello), agent->watch());
  } catch (const base::Failure& failure) {
    if (!hello) throw;
  }
  if (const auto why = why_not(*agent, *hello)) {
    std::string line;
    append_line(line, Refused{*why});
    co_await agent->stream.send(line);
    throw base::Failure("refused", *why);
  }
  agent->node = hello->node;
  agent->version = hello->version;
  agents_[agent->node] = agent;
  agent->say(Welcome{options_.version});
  for (const auto* command : {refusals_ ? &*refusals_ : nullptr, stops_ ? &*stops_ : nullptr}) {
    if (command != nullptr) agent->say(Ordered{*command});
  }
  log_.arrived(agent->node, "davylamp-agent " + base::printable(agent->version) + " (process " +
                                std::to_string(agent->peer.process) + ") collects for node " +
                                base::printable(agent->node));
  co_await io::together(listen_to(agent), io::together(agent->send(), agent->watch()));
}

io::Task<void> Listener::listen_to(std::shared_ptr<Agent> agent) {
  asio::steady_timer pause(executor_);
  for (;;) {
    auto message = base::value_or_throw(read_from_collector(co_await agent->stream.line(longest_line_bytes)));
    agent->heard = true;
    take(*agent, std::move(message));
    // What the process role cannot take yet stays with the agent, which has room for it and knows what may be dropped.
    while (bus_.observation_stats().waiting > options_.most_waiting) {
      pause.expires_after(breath);
      co_await pause.async_wait(asio::use_awaitable);
      agent->heard = true;
    }
  }
}

void Listener::take(Agent& agent, FromCollector message) {
  if (auto* observed = std::get_if<Observed>(&message)) {
    auto& observation = observed->observation;
    if (observation.source.node != agent.node || observation.boot == 0) {
      throw base::Failure("hostile", "it spoke for node " + base::printable(observation.source.node) +
                                         ", which it is not; the connection was ended");
    }
    bus_.publish(std::move(observation));
  } else if (auto* lost = std::get_if<Lost>(&message)) {
    bus_.publish(std::make_shared<const std::vector<model::Change>>(
        1, model::LossesCounted{"collect", std::move(lost->losses)}));
  } else if (std::holds_alternative<Hello>(message)) {
    throw base::Failure("hostile", "it greeted twice; the connection was ended");
  }
}

io::Task<void> Listener::forward_commands() {
  for (;;) {
    const auto commands = co_await commands_->next();
    for (const auto& command : commands) forward(command);
  }
}

void Listener::forward(const model::Command& command) {
  const model::SourceId* source = nullptr;
  if (const auto* end = std::get_if<model::EndSession>(&command.order)) {
    // One without a peer is still on its way to the process role, which knows the peer.
    if (end->peer.empty()) return;
    source = &end->source;
  } else if (const auto* report = std::get_if<model::ReportBy>(&command.order)) {
    source = &report->source;
  } else if (std::holds_alternative<model::RefuseUsers>(command.order)) {
    refusals_ = command;
  } else if (std::holds_alternative<model::StopInKernel>(command.order)) {
    stops_ = command;
  } else {
    return;
  }
  bool sent = false;
  for (const auto& [node, agent] : agents_) {
    if (source != nullptr && source->node != node) continue;
    agent->say(Ordered{command});
    sent = true;
  }
  if (sent || command.id == 0) return;
  bus_.publish(std::make_shared<const std::vector<model::Change>>(
      1, model::CommandDone{command.id, false, "no collector is connected: start davylamp-agent"}));
}

void Listener::stored(const std::vector<model::Cursor>& cursors) {
  const auto same = [](const model::Cursor& one, const model::Cursor& other) {
    return one.source == other.source && one.boot == other.boot && one.sequence == other.sequence;
  };
  if (std::ranges::equal(cursors, stored_, same)) return;
  stored_ = cursors;
  for (const auto& [node, agent] : agents_) {
    Acknowledged acknowledged;
    for (const auto& cursor : cursors) {
      if (cursor.source.node == node) acknowledged.cursors.push_back(cursor);
    }
    if (!acknowledged.cursors.empty()) agent->say(acknowledged);
  }
}

}  // namespace davylamp::uplink
