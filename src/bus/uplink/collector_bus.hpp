// The bus of davylamp-agent: what is published is carried to the daemon over a Unix socket, and its commands come back.
//
// Observations: in order per source, at least once; one leaves the agent's memory when the daemon has stored it. While
// the daemon is away they wait in an Outbox. Of changes only the losses of the collect role go anywhere, the newest.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "bus/broadcast.hpp"
#include "bus/outbox.hpp"
#include "bus/uplink/line_stream.hpp"
#include "bus/uplink/protocol.hpp"
#include "contract/bus.hpp"

namespace davylamp::uplink {

class CollectorBus : public contract::Bus {
 public:
  struct Options {
    std::string socket;   // where the daemon listens
    std::string version;  // of this program
    std::string node;
    std::uint64_t boot = 0;  // when this program started
    bus::Outbox::Limits limits;
  };
  // `executor`: the loop of run().
  CollectorBus(boost::asio::any_io_executor executor, Options options);

  // One connection, until it ends. `connected` is told the daemon's version once it takes what we say. Throws Failure:
  // "away" when nobody listens or the connection broke, "refused" when the daemon does not want us. Run it again.
  io::Task<void> run(std::function<void(const std::string& version)> connected);

  void publish(model::Observation observation) override;
  void publish(contract::Changes changes) override;
  // Commands come from the daemon only; one that is published here reaches this process's readers.
  void publish(model::Command command) override { commands_.publish(command); }
  // There is no process role and no viewer here: these throw Failure "not_here".
  std::unique_ptr<contract::ObservationReader> observations(boost::asio::any_io_executor executor,
                                                            std::uint32_t shard) override;
  std::unique_ptr<contract::ChangeReader> changes(boost::asio::any_io_executor executor) override;
  std::unique_ptr<contract::CommandReader> commands(boost::asio::any_io_executor executor) override;
  contract::TopicStats observation_stats() const override;
  contract::TopicStats change_stats() const override { return {}; }
  contract::TopicStats command_stats() const override { return commands_.stats(); }
  bus::Outbox::Stats outbox_stats() const;

 private:
  io::Task<void> greet(LineStream& stream, std::function<void(const std::string& version)> connected);
  io::Task<void> send(LineStream& stream);
  io::Task<void> receive(LineStream& stream);
  io::Task<void> stay_alive();
  std::string encode_some();

  boost::asio::any_io_executor executor_;
  Options options_;
  mutable std::mutex mutex_;  // of what follows
  bus::Outbox outbox_;
  std::optional<std::vector<model::Loss>> losses_;
  bool pulse_ = false;    // something is to be said, if only that we live
  bool sending_ = false;  // the sender will look again by itself
  bus::Signal signal_;
  bus::Broadcast<model::Command> commands_;
};

}  // namespace davylamp::uplink
