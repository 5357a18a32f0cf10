// One connection of a collector, at the daemon's end.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <string>

#include "bus/signal.hpp"
#include "bus/uplink/line_stream.hpp"
#include "bus/uplink/protocol.hpp"
#include "bus/uplink/skew.hpp"

namespace davylamp::uplink {

// Used on the listener's loop only.
class Peer {
 public:
  Peer(LineStream connection, std::string from);

  // Queued; what a collector does not read is not kept beyond a bound, then the connection ends.
  void say(const FromDaemon& message);
  // The connection ends soon, for this reason.
  void end(std::string why);
  bool is_ending() const { return !ending_.empty(); }
  // What was said, until the end. Throws Failure.
  io::Task<void> send();
  // Throws Failure "silent" when nothing was heard for too long, "slow" when it did not take what it was told.
  io::Task<void> watch();

  LineStream stream;
  std::string from;  // for people: "process 12 of user 3", "192.0.2.1"
  bool over_network = false;
  boost::asio::ip::address address;  // with a network
  std::string node;
  std::string version;
  std::uint64_t boot = 0;
  std::string token_hash;
  std::uint64_t heard = 0;  // messages
  SkewMeter skew;
  bool noted = false;  // in the store, as connected here

 private:
  std::string unsent_;
  std::string ending_;
  bool sending_ = false;    // something is on its way
  std::uint64_t sent_ = 0;  // pieces
  bus::Signal wake_;
  boost::asio::steady_timer silence_;
};

}  // namespace davylamp::uplink
