// The daemon's end: agents connect, what they saw goes on the daemon's bus, commands go to them.
//
// One agent for each node. Nothing that an agent sends or leaves out can hold up the daemon: a line that cannot be read
// ends that connection, silence does too, and commands for one that does not read are not kept.
#pragma once

#include <sys/types.h>
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bus/uplink/protocol.hpp"
#include "contract/bus.hpp"
#include "io/local_acceptor.hpp"
#include "io/task_scope.hpp"

namespace davylamp::uplink {

// Told on the listener's loop.
class ListenerLog {
 public:
  virtual ~ListenerLog() = default;
  // `node` is empty while it has not said who it is. A sentence each.
  virtual void arrived(const std::string& node, const std::string& text) = 0;
  virtual void left(const std::string& node, const std::string& text) = 0;
  virtual void turned_away(const std::string& text) = 0;
};

class Listener {
 public:
  struct Options {
    std::string socket;                 // made with mode 0660
    std::string version;                // of this program
    std::set<uid_t> users;              // who may connect
    std::size_t most_waiting = 20'000;  // on the bus: more is left in the agents' memory
  };
  // Binds at once; throws Failure "listen". The bus and the log must outlive this. Use everything on `executor`.
  Listener(const boost::asio::any_io_executor& executor, Options options, contract::Bus& bus, ListenerLog& log);
  ~Listener();
  // Until it is cancelled.
  io::Task<void> run();
  // All that these sources said up to these is stored: the agents may forget it.
  void stored(const std::vector<model::Cursor>& cursors);
  bool is_connected(const std::string& node) const { return agents_.contains(node); }

 private:
  class Agent;
  io::Task<void> accept();
  io::Task<void> forward_commands();
  void forward(const model::Command& command);
  io::Task<void> serve(std::shared_ptr<Agent> agent);
  io::Task<void> converse(std::shared_ptr<Agent> agent);
  io::Task<void> listen_to(std::shared_ptr<Agent> agent);
  std::optional<std::string> why_not(const Agent& agent, const Hello& hello) const;
  void take(Agent& agent, FromCollector message);

  boost::asio::any_io_executor executor_;
  Options options_;
  contract::Bus& bus_;
  ListenerLog& log_;
  io::LocalAcceptor acceptor_;
  std::unique_ptr<contract::CommandReader> commands_;
  std::map<std::string, std::shared_ptr<Agent>> agents_;  // by node
  std::size_t strangers_ = 0;                             // that have not said who they are
  // The whole lists that hold now: for an agent that comes later.
  std::optional<model::Command> refusals_;
  std::optional<model::Command> stops_;
  std::vector<model::Cursor> stored_;
  io::TaskScope scope_;
};

}  // namespace davylamp::uplink
