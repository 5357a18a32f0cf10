// Who a collector is, and whether it may stay.
#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/text.hpp"
#include "bus/uplink/deadline.hpp"
#include "bus/uplink/listener.hpp"
#include "bus/uplink/pace.hpp"
#include "bus/uplink/peer.hpp"
#include "io/node_token.hpp"

namespace davylamp::uplink {
namespace {

namespace asio = boost::asio;

constexpr base::Seconds nodes_every{3};
constexpr base::Seconds noted_every{30};
constexpr base::Milliseconds life_step{100};
constexpr base::Milliseconds question_step{200};
constexpr unsigned questions_per_round = 8;
constexpr base::Seconds rounds_every{180};
constexpr base::Seconds worrying_skew{30};

io::Task<void> hear_greeting(Peer& peer, Hello& hello) {
  co_await peer.stream.accept();
  const auto message = base::value_or_throw(read_from_collector(co_await peer.stream.line(longest_greeting_bytes)));
  const auto* said = std::get_if<Hello>(&message);
  if (said == nullptr) throw base::Failure("hostile", "it did not begin with a greeting");
  hello = *said;
}

}  // namespace

io::Task<Hello> Listener::meet(Peer& peer) {
  Hello hello;
  co_await within(longest_greeting, "it did not say who it is in time", hear_greeting(peer, hello));
  co_return hello;
}

io::Task<std::optional<std::string>> Listener::why_not(Peer& peer, const Hello& hello,
                                                       std::optional<io::PeerProcess> process) {
  if (process && !options_.users.contains(process->user)) {
    co_return "user " + std::to_string(process->user) +
        " may not connect here: run davylamp-agent as the user that node.agent_user names, as davylampd's own user or "
        "as root";
  }
  if (hello.protocol != protocol_version) {
    co_return "davylamp-agent " + base::printable(hello.version) + " and davylampd " + options_.version +
        " do not understand each other: install the same version of both";
  }
  if (hello.node.empty()) co_return "the collector does not say for which node it speaks";
  peer.version = hello.version;
  peer.boot = hello.boot;
  if (peer.over_network) {
    if (auto why = co_await admit_by_token(peer, hello)) co_return why;
  } else {
    peer.node = hello.node;
  }
  co_return co_await make_room(peer);
}

io::Task<std::optional<std::string>> Listener::admit_by_token(Peer& peer, const Hello& hello) {
  const auto hash = io::node_token_hash(hello.token.value_or(""));
  const auto node = co_await dependencies_.nodes->call(
      [&hash](contract::NodeStore& store) -> std::optional<model::Node> { return store.node_of(hash); });
  if (!node) {
    ++losses_.wrong_tokens;
    pace_.failed(peer.address, dependencies_.clock->now());
    co_return "this token is not known here, or no longer: enrol the node again (davylamp node enrol NAME, on the "
              "daemon's host) and write the new token into the collector's uplink.token_file";
  }
  if (node->name != hello.node) {
    co_return "this token is that of node " + base::printable(node->name) + ", but the collector calls itself " +
        base::printable(hello.node) + ": set name = \"" + base::printable(node->name) +
        "\" in [node] of its configuration, or enrol it under its own name";
  }
  peer.token_hash = hash;
  peer.skew = SkewMeter(node->skew_ms ? std::optional(base::Milliseconds{*node->skew_ms}) : std::nullopt);
  peer.node = node->name;
  co_return std::nullopt;
}

// One that is dead, or another connection of the same program, gives way; one that lives does not.
io::Task<std::optional<std::string>> Listener::make_room(Peer& peer) {
  const auto before = peers_.find(peer.node);
  if (before == peers_.end()) co_return std::nullopt;
  const auto other = before->second;
  if (peer.over_network == other->over_network && (!peer.over_network || other->boot != peer.boot)) {
    const auto heard = other->heard;
    if (peer.over_network) other->say(Asked{dependencies_.clock->now()});
    asio::steady_timer timer(executor_);
    bool lives = !peer.over_network;
    for (auto waited = base::Milliseconds{0}; !lives && waited < proof_of_life; waited += life_step) {
      timer.expires_after(life_step);
      co_await timer.async_wait(asio::use_awaitable);
      lives = other->heard != heard;
    }
    const auto now_there = peers_.find(peer.node);
    const bool replaced = now_there != peers_.end() && now_there->second != other;
    if (replaced || (lives && !other->is_ending())) {
      const auto node = base::printable(peer.node);
      peer.node.clear();
      co_return "another davylamp-agent (" + other->from + ") is connected for node " + node + "; stop one of the two" +
          (peer.over_network ? ", or enrol this host under a name of its own: two collectors cannot share a token"
                             : "");
    }
  } else if (peer.over_network != other->over_network) {
    peer.node.clear();
    co_return "node " + base::printable(other->node) + " has a collector on the daemon's own host (" + other->from +
        "): give this one a name of its own in [node]";
  }
  if (const auto found = peers_.find(other->node); found != peers_.end() && found->second == other) {
    peers_.erase(found);
    dependencies_.log.left(other->node, "the collector of node " + base::printable(other->node) + " (" + other->from +
                                            ") made way for its successor (" + peer.from + ")");
  }
  other->end("another connection took its place");
  co_return std::nullopt;
}

io::Task<void> Listener::measure(Shared peer) {
  asio::steady_timer timer(executor_);
  if (peer->over_network) co_await note(peer, true);
  peer->noted = true;
  while (peer->over_network) {
    peer->skew.begin_round();
    for (unsigned i = 0; i < questions_per_round; ++i) {
      peer->say(Asked{dependencies_.clock->now()});
      timer.expires_after(question_step);
      co_await timer.async_wait(asio::use_awaitable);
    }
    co_await note(peer, true);
    auto rest = rounds_every;
    for (; rest > base::Seconds{0}; rest -= noted_every) {
      timer.expires_after(noted_every);
      co_await timer.async_wait(asio::use_awaitable);
      co_await note(peer, true);
    }
  }
}

void Listener::take(Peer& peer, const Told& told) {
  if (!peer.over_network) return;
  if (!peer.skew.add({told.asked_at, told.heard_at, told.told_at, dependencies_.clock->now()})) return;
  const auto offset = peer.skew.in_force();
  const auto seconds = std::to_string(std::chrono::abs(offset).count() / 1000);
  const auto node = base::printable(peer.node);
  std::string text = "the clock of node " + node + " agrees with ours again";
  if (offset != base::Milliseconds{0}) {
    text = "the clock of node " + node + " is " + seconds + " s " + (offset.count() > 0 ? "ahead of" : "behind") +
           " ours; its times are corrected by that";
    if (std::chrono::abs(offset) > worrying_skew) text += "; set it right (timedatectl set-ntp true)";
  }
  dependencies_.log.clock_is_off(peer.node, text);
}

io::Task<void> Listener::note(Shared peer, bool connected) {
  model::Node fresh;
  fresh.name = peer->node;
  fresh.token_hash = peer->token_hash;
  fresh.version = peer->version;
  fresh.last_seen_at = dependencies_.clock->now();
  if (connected) fresh.connected_to = options_.daemon;
  auto skew = peer->skew.in_force();
  if (skew == base::Milliseconds{0}) {
    if (const auto measured = peer->skew.measured()) skew = measured->offset;
  }
  fresh.skew_ms = skew.count();
  try {
    co_await dependencies_.nodes->call([fresh, daemon = options_.daemon, connected](contract::NodeStore& store) {
      const auto known = store.node_of(fresh.token_hash);
      // Another daemon has it by now.
      if (!known || (!connected && known->connected_to != daemon)) return;
      store.note(fresh);
    });
  } catch (const base::Failure& failure) {
    dependencies_.log.turned_away("what is known of node " + base::printable(peer->node) +
                                  " could not be written down: " + failure.error().message);
  }
}

io::Task<void> Listener::look_after_nodes() {
  asio::steady_timer timer(executor_);
  while (network_) {
    timer.expires_after(nodes_every);
    co_await timer.async_wait(asio::use_awaitable);
    if (std::ranges::none_of(peers_, [](const auto& entry) { return entry.second->over_network; })) continue;
    try {
      compare(co_await dependencies_.nodes->call([](contract::NodeStore& store) { return store.nodes(); }));
    } catch (const base::Failure&) {
      // The store is away; who is connected stays.
      continue;
    }
  }
}

void Listener::compare(const std::vector<model::Node>& nodes) {
  for (const auto& [name, peer] : peers_) {
    if (!peer->over_network) continue;
    const auto node = std::ranges::find(nodes, name, &model::Node::name);
    if (node == nodes.end()) {
      peer->end("the node was removed");
    } else if (node->token_hash != peer->token_hash) {
      peer->end("the node was enrolled again: this token no longer holds");
    } else if (peer->noted && node->connected_to && *node->connected_to != options_.daemon) {
      peer->end("its collector has connected to " + base::printable(*node->connected_to) +
                " since; if there are two with this token, stop one of them");
    }
  }
}

}  // namespace davylamp::uplink
