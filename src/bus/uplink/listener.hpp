// The daemon's end: collectors connect, what they saw goes on the daemon's bus, commands go to them.
//
// One collector for each node. Over the Unix socket the kernel says who calls; over the network TLS keeps it secret,
// and a token says whose collector it is. Nothing that a collector sends or leaves out can hold up the daemon: a line
// that cannot be read ends that connection, silence does too, and commands for one that does not read are not kept.
#pragma once

#include <sys/types.h>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bus/uplink/protocol.hpp"
#include "bus/uplink/token_pace.hpp"
#include "contract/bus.hpp"
#include "contract/store.hpp"
#include "io/local_acceptor.hpp"
#include "io/task_scope.hpp"
#include "io/tls.hpp"
#include "io/worker.hpp"

namespace davylamp::uplink {

class Peer;

// Told on the listener's loop.
class ListenerLog {
 public:
  virtual ~ListenerLog() = default;
  // `node` is empty while it has not said who it is. A sentence each.
  virtual void arrived(const std::string& node, const std::string& text) = 0;
  virtual void left(const std::string& node, const std::string& text) = 0;
  virtual void turned_away(const std::string& text) = 0;
  // Its clock was found to be off, or right again.
  virtual void clock_is_off(const std::string& /*node*/, const std::string& /*text*/) {}
};

class Listener {
 public:
  struct Options {
    std::string socket;                 // a Unix socket, made with mode 0660; empty: none
    std::string version;                // of this program
    std::set<uid_t> users = {};         // who may connect there
    std::size_t most_waiting = 20'000;  // on the bus: more is left in the collectors' memory
    std::optional<boost::asio::ip::tcp::endpoint> listen = {};
    io::TlsContext tls = {};    // with `listen`
    std::string daemon = {};    // what this daemon is called
    std::string own_node = {};  // whose collector comes over the socket; empty: any
    bool is_only_way = true;  // no collector reaches the process role but through here: one that is away is known to be
  };
  struct Dependencies {
    contract::Bus& bus;
    ListenerLog& log;
    const base::Clock* clock = nullptr;                // with `listen`
    io::Worker<contract::NodeStore>* nodes = nullptr;  // with `listen`
  };
  // What was refused or given up, since the start.
  struct Losses {
    std::uint64_t strangers = 0;     // connections that did not become a collector's: no greeting, no TLS, too many
    std::uint64_t wrong_tokens = 0;  // of those, with a token that nobody knows
    std::uint64_t paced = 0;         // turned away unheard: too many wrong tokens from there
    std::uint64_t slow = 0;          // collectors that were given up: silent, or they did not read
    std::uint64_t skewed = 0;        // observations whose times were corrected by more than 30 seconds
  };
  // Binds at once; throws Failure "listen". The dependencies must outlive this. Use everything on `executor`.
  Listener(const boost::asio::any_io_executor& executor, Options options, Dependencies dependencies);
  ~Listener();
  // Until it is cancelled.
  io::Task<void> run();
  // All that these sources said up to these is stored: the collectors may forget it.
  void stored(const std::vector<model::Cursor>& cursors);
  bool is_connected(const std::string& node) const { return peers_.contains(node); }
  // Every source that a collector spoke for since the start.
  const std::map<std::string, std::set<model::SourceId>>& sources() const { return sources_; }
  std::size_t connections() const { return peers_.size(); }
  const Losses& losses() const { return losses_; }
  // Where it listens on the network; port 0 in the options is any that is free.
  std::optional<boost::asio::ip::tcp::endpoint> endpoint() const;

 private:
  using Shared = std::shared_ptr<Peer>;
  io::Task<void> accept_local();
  io::Task<void> accept_network();
  io::Task<void> forward_commands();
  void forward(const model::Command& command);
  io::Task<void> serve(Shared peer, std::optional<io::PeerProcess> process);
  void take_leave(const Shared& peer, const base::Error& why);
  io::Task<void> converse(Shared peer, std::optional<io::PeerProcess> process);
  io::Task<Hello> meet(Peer& peer);
  io::Task<std::optional<std::string>> why_not(Peer& peer, const Hello& hello, std::optional<io::PeerProcess> process);
  io::Task<std::optional<std::string>> admit_by_token(Peer& peer, const Hello& hello);
  io::Task<std::optional<std::string>> make_room(Peer& peer);
  void welcome(const Shared& peer);
  io::Task<void> listen_to(Shared peer);
  io::Task<void> measure(Shared peer);
  void take(Peer& peer, FromCollector message);
  void take(Peer& peer, model::Observation observation);
  void take(Peer& peer, const Told& told);
  io::Task<void> look_after_nodes();
  void compare(const std::vector<model::Node>& nodes);
  io::Task<void> note(Shared peer, bool connected);

  boost::asio::any_io_executor executor_;
  Options options_;
  Dependencies dependencies_;
  std::optional<io::LocalAcceptor> local_;
  std::optional<boost::asio::ip::tcp::acceptor> network_;
  std::unique_ptr<contract::CommandReader> commands_;
  std::map<std::string, Shared> peers_;  // by node
  std::map<std::string, std::set<model::SourceId>> sources_;
  std::size_t strangers_ = 0;  // that have not said who they are
  TokenPace pace_;
  Losses losses_;
  // The whole lists that hold now: for a collector that comes later.
  using ByShard = std::map<std::uint32_t, model::Command>;
  ByShard refusals_;
  ByShard stops_;
  std::map<model::SourceId, model::Cursor> stored_;
  io::TaskScope scope_;
};

}  // namespace davylamp::uplink
