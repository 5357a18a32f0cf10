// The bus of a collector: what is published is carried to a daemon, over a Unix socket or over TLS, and its commands
// come back.
//
// Observations: in order per source, at least once; one leaves the collector when the daemon has stored it, or its bus
// keeps it. While no daemon takes them they wait in an Outbox, and, where there is a spool, on disk. Of changes only
// the losses of the collect role go anywhere, the newest.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "bus/broadcast.hpp"
#include "bus/outbox.hpp"
#include "bus/uplink/line_stream.hpp"
#include "bus/uplink/protocol.hpp"
#include "bus/uplink/spool.hpp"
#include "contract/bus.hpp"
#include "io/tls.hpp"
#include "io/worker.hpp"

namespace davylamp::uplink {

class CollectorBus : public contract::Bus {
 public:
  // A daemon on another host; several are tried one after another.
  struct Gateway {
    std::string host;
    std::string port;
  };
  struct Network {
    std::vector<Gateway> gateways;
    io::TlsFiles files;                      // whom to trust, what to show
    std::optional<std::string> fingerprint;  // SHA-256 of the daemon's certificate, in place of an authority
    std::string token;
  };
  struct Options {
    std::string socket;   // where the daemon of this host listens; empty with a network
    std::string version;  // of this program
    std::string node;
    std::uint64_t boot = 0;  // when this program started
    bus::Outbox::Limits limits;
    std::optional<Network> network = {};
    std::optional<Spool::Options> spool = {};
    const base::Clock* clock = nullptr;  // with a network
  };
  // `executor`: the loop of run(). Throws Failure "tls" or "spool".
  CollectorBus(boost::asio::any_io_executor executor, Options options);

  // One connection, until it ends. `connected` is told the daemon's version once it takes what we say. Throws Failure:
  // "away" when nobody listens or the connection broke, "refused" when the daemon does not want us. Run it again.
  io::Task<void> run(std::function<void(const std::string& version)> connected);
  // Writes what cannot be delivered to the spool, twice a second. Until it is cancelled; at once without a spool.
  io::Task<void> keep_spool();
  // What is still in memory goes to the spool. When nothing else uses this any more.
  void finish();

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
  // `waiting` with what is in the spool.
  bus::Outbox::Stats outbox_stats() const;
  Spool::Stats spool_stats() const;

 private:
  // What send() gives the stream next.
  struct Portion {
    std::string text;
    bool held_back = false;
  };
  // The spool is used on the worker's thread; at the end, by finish().
  struct Desk {
    Spool* spool = nullptr;
  };
  io::Task<LineStream> connect_local();
  io::Task<LineStream> connect_network();
  io::Task<LineStream> reach(Gateway gateway);
  io::Task<void> greet(LineStream& stream, std::function<void(const std::string& version)> connected);
  io::Task<void> send(LineStream& stream);
  io::Task<void> receive(LineStream& stream);
  io::Task<void> acknowledge(std::vector<model::Cursor> cursors);
  io::Task<void> stay_alive();
  io::Task<void> spill();
  io::Task<Portion> from_spool();
  // Of the outbox: how sources stand, for one that is new to them; or all.
  enum class Share { nothing, standing, waiting };
  std::string encode_some(Share share);
  void append_losses(std::string& text, std::vector<model::Loss> losses) const;
  bool is_stalled();

  boost::asio::any_io_executor executor_;
  Options options_;
  io::TlsContext tls_;
  std::size_t gateway_ = 0;   // whose turn it is
  mutable std::mutex mutex_;  // of what follows
  bus::Outbox outbox_;
  std::optional<std::vector<model::Loss>> losses_;
  std::vector<Told> told_;
  bool pulse_ = false;    // something is to be said, if only that we live
  bool sending_ = false;  // the sender will look again by itself
  std::optional<std::uint64_t> published_boot_;
  std::uint64_t acknowledgements_ = 0;
  Spool::Stats spool_stats_;
  std::uint64_t spool_failures_ = 0;
  // On the loop only: what is published goes to the spool first, for something older is there or nobody takes it.
  bool spooling_ = false;
  bool spilling_ = false;
  bool resending_ = false;  // the spool is to be given from its beginning
  std::uint64_t acknowledgements_seen_ = 0;
  std::optional<std::chrono::steady_clock::time_point> waiting_since_;
  std::optional<std::chrono::steady_clock::time_point> held_back_since_;
  bus::Signal signal_;
  bus::Broadcast<model::Command> commands_;
  std::unique_ptr<Spool> spool_;
  std::optional<io::Worker<Desk>> desk_;
};

}  // namespace davylamp::uplink
