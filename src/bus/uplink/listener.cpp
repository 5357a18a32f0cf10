#include "bus/uplink/listener.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/text.hpp"
#include "bus/uplink/pace.hpp"
#include "bus/uplink/peer.hpp"
#include "io/supervise.hpp"
#include "io/together.hpp"

namespace davylamp::uplink {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t most_strangers = 64;
constexpr std::size_t most_sources_of_node = 4'096;
constexpr base::Milliseconds breath{10};
constexpr base::Seconds worrying_skew{30};

tcp::acceptor bind(const asio::any_io_executor& executor, const tcp::endpoint& endpoint) {
  tcp::acceptor acceptor(executor);
  boost::system::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    throw base::Failure("listen", "cannot listen for collectors on " + endpoint.address().to_string() + " port " +
                                      std::to_string(endpoint.port()) + " (uplink.listen): " + error.message());
  }
  return acceptor;
}

// Cancellation is none of them.
bool pauses(const boost::system::error_code& error) {
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  return static_cast<bool>(error);
}

}  // namespace

Listener::Listener(const asio::any_io_executor& executor, Options options, Dependencies dependencies)
    : executor_(executor),
      options_(std::move(options)),
      dependencies_(dependencies),
      commands_(dependencies.bus.commands(executor)),
      scope_(executor, [this](const std::string&, std::exception_ptr error) {
        dependencies_.log.turned_away("a connection failed: " + io::error_of(error).message);
      }) {
  if (!options_.socket.empty()) local_.emplace(executor, options_.socket, 0660);
  if (options_.listen) network_.emplace(bind(executor, *options_.listen));
}

Listener::~Listener() = default;

std::optional<tcp::endpoint> Listener::endpoint() const {
  if (!network_) return std::nullopt;
  return network_->local_endpoint();
}

io::Task<void> Listener::run() {
  std::exception_ptr failure;
  try {
    co_await io::together(io::together(accept_local(), accept_network()),
                          io::together(forward_commands(), look_after_nodes()));
  } catch (...) {
    failure = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await scope_.stop();
  if (failure) std::rethrow_exception(failure);
}

io::Task<void> Listener::accept_local() {
  while (local_) {
    boost::system::error_code error;
    auto socket = co_await local_->acceptor().async_accept(executor_, asio::redirect_error(asio::use_awaitable, error));
    if (pauses(error)) {
      // Too many open files, for the moment.
      asio::steady_timer pause(executor_, base::Seconds{1});
      co_await pause.async_wait(asio::use_awaitable);
      continue;
    }
    const auto process = io::peer_process(socket);
    if (!process || strangers_ >= most_strangers) {
      ++losses_.strangers;
      continue;
    }
    auto from = "process " + std::to_string(process->process) + " of user " + std::to_string(process->user);
    scope_.spawn(
        "collector",
        serve(std::make_shared<Peer>(LineStream(LineStream::Socket(std::move(socket))), std::move(from)), process));
  }
}

io::Task<void> Listener::accept_network() {
  while (network_) {
    boost::system::error_code error;
    auto socket = co_await network_->async_accept(executor_, asio::redirect_error(asio::use_awaitable, error));
    if (pauses(error)) {
      asio::steady_timer pause(executor_, base::Seconds{1});
      co_await pause.async_wait(asio::use_awaitable);
      continue;
    }
    const auto remote = socket.remote_endpoint(error);
    if (error) continue;
    if (pace_.is_blocked(remote.address(), dependencies_.clock->now())) {
      ++losses_.paced;
      continue;
    }
    if (strangers_ >= most_strangers) {
      ++losses_.strangers;
      continue;
    }
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    LineStream stream(LineStream::Socket(std::move(socket)), options_.tls);
    auto peer = std::make_shared<Peer>(std::move(stream), remote.address().to_string());
    peer->address = remote.address();
    scope_.spawn("collector", serve(std::move(peer), std::nullopt));
  }
}

io::Task<void> Listener::serve(Shared peer, std::optional<io::PeerProcess> process) {
  std::exception_ptr error;
  try {
    co_await converse(peer, process);
  } catch (...) {
    error = std::current_exception();
  }
  const bool stopping = (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
  const auto found = peers_.find(peer->node);
  const bool known = found != peers_.end() && found->second == peer;
  if (!stopping) take_leave(peer, io::error_of(error));
  if (!known || !peer->over_network) co_return;
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await note(peer, false);
}

void Listener::take_leave(const Shared& peer, const base::Error& why) {
  const auto found = peers_.find(peer->node);
  if (found == peers_.end() || found->second != peer) {
    ++losses_.strangers;
    const auto* const where = peer->over_network ? " at the collectors' port: " : " at the collector's socket: ";
    dependencies_.log.turned_away(peer->from + where + why.message);
    return;
  }
  if (why.code == "silent" || why.code == "slow") ++losses_.slow;
  peers_.erase(found);
  dependencies_.log.left(peer->node, "the collector of node " + base::printable(peer->node) + " (" + peer->from +
                                         ") is gone: " + why.message);
}

io::Task<void> Listener::converse(Shared peer, std::optional<io::PeerProcess> process) {
  ++strangers_;
  std::optional<std::string> why;
  {
    const std::unique_ptr<std::size_t, void (*)(std::size_t*)> stranger(&strangers_,
                                                                        [](std::size_t* count) { --*count; });
    const auto hello = co_await meet(*peer);
    why = co_await why_not(*peer, hello, process);
  }
  if (why) {
    std::string line;
    append_line(line, Refused{*why});
    co_await peer->stream.send(line);
    throw base::Failure("refused", *why);
  }
  welcome(peer);
  co_await io::together(io::together(listen_to(peer), measure(peer)), io::together(peer->send(), peer->watch()));
}

void Listener::welcome(const Shared& peer) {
  peers_[peer->node] = peer;
  peer->say(Welcome{options_.version});
  Acknowledged acknowledged;
  for (const auto& [source, cursor] : stored_) {
    if (source.node == peer->node) acknowledged.cursors.push_back(cursor);
  }
  if (!acknowledged.cursors.empty()) peer->say(std::move(acknowledged));
  for (const auto* lists : {&refusals_, &stops_}) {
    for (const auto& [shard, command] : *lists) {
      if (model::is_for_node(command, peer->node)) peer->say(Ordered{command});
    }
  }
  dependencies_.log.arrived(peer->node, "davylamp-agent " + base::printable(peer->version) + " (" + peer->from +
                                            ") collects for node " + base::printable(peer->node));
}

io::Task<void> Listener::listen_to(Shared peer) {
  asio::steady_timer pause(executor_);
  for (;;) {
    auto message = base::value_or_throw(read_from_collector(co_await peer->stream.line(longest_line_bytes)));
    ++peer->heard;
    take(*peer, std::move(message));
    // What the process role cannot take yet stays with the collector, which has room for it and knows what may be
    // dropped.
    while (dependencies_.bus.observation_stats().waiting > options_.most_waiting) {
      pause.expires_after(breath);
      co_await pause.async_wait(asio::use_awaitable);
      ++peer->heard;
    }
  }
}

void Listener::take(Peer& peer, FromCollector message) {
  if (auto* observed = std::get_if<Observed>(&message)) {
    take(peer, std::move(observed->observation));
  } else if (auto* lost = std::get_if<Lost>(&message)) {
    const bool of_this_host = !peer.over_network;
    dependencies_.bus.publish(std::make_shared<const std::vector<model::Change>>(
        1, model::LossesCounted{of_this_host ? "collect" : "collect at " + peer.node, std::move(lost->losses)}));
  } else if (const auto* told = std::get_if<Told>(&message)) {
    take(peer, *told);
  } else if (std::holds_alternative<Hello>(message)) {
    throw base::Failure("hostile", "it greeted twice; the connection was ended");
  }
}

void Listener::take(Peer& peer, model::Observation observation) {
  if (observation.source.node != peer.node || observation.boot == 0) {
    throw base::Failure("hostile", "it spoke for node " + base::printable(observation.source.node) +
                                       ", which it is not; the connection was ended");
  }
  if (peer.skew.in_force() != base::Milliseconds{0}) {
    correct(observation, peer.skew.in_force());
    if (std::chrono::abs(peer.skew.in_force()) > worrying_skew) ++losses_.skewed;
  }
  auto& sources = sources_[peer.node];
  if (sources.size() < most_sources_of_node) sources.insert(observation.source);
  dependencies_.bus.publish(std::move(observation));
}

io::Task<void> Listener::forward_commands() {
  for (;;) {
    const auto commands = co_await commands_->next();
    for (const auto& command : commands) forward(command);
  }
}

void Listener::forward(const model::Command& command) {
  const model::SourceId* source = nullptr;
  const auto shard = command.shard ? command.shard->index : 0;
  if (const auto* end = std::get_if<model::EndSession>(&command.order)) {
    // One without a peer is still on its way to the process role, which knows the peer.
    if (end->peer.empty()) return;
    source = &end->source;
  } else if (const auto* report = std::get_if<model::ReportBy>(&command.order)) {
    source = &report->source;
  } else if (std::holds_alternative<model::RefuseUsers>(command.order)) {
    refusals_[shard] = command;
  } else if (std::holds_alternative<model::StopInKernel>(command.order)) {
    stops_[shard] = command;
  } else {
    return;
  }
  bool sent = false;
  for (const auto& [node, peer] : peers_) {
    if ((source != nullptr && source->node != node) || !model::is_for_node(command, node)) continue;
    peer->say(Ordered{command});
    sent = true;
  }
  if (sent || command.id == 0 || source == nullptr || !options_.is_only_way) return;
  // A daemon that looks at its own servers itself answers for them.
  if (options_.socket.empty() && source->node == options_.own_node) return;
  const auto* const why = source->node == options_.own_node || options_.own_node.empty()
                              ? "no collector is connected: start davylamp-agent"
                              : "the collector of that node is not connected: start davylamp-agent there";
  dependencies_.bus.publish(
      std::make_shared<const std::vector<model::Change>>(1, model::CommandDone{command.id, false, why}));
}

void Listener::stored(const std::vector<model::Cursor>& cursors) {
  std::map<std::string, Acknowledged> news;
  for (const auto& cursor : cursors) {
    auto& known = stored_[cursor.source];
    if (known.boot == cursor.boot && known.sequence == cursor.sequence) continue;
    known = cursor;
    news[cursor.source.node].cursors.push_back(cursor);
  }
  for (const auto& [node, acknowledged] : news) {
    if (const auto peer = peers_.find(node); peer != peers_.end()) peer->second->say(acknowledged);
  }
}

}  // namespace davylamp::uplink
