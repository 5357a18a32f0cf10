// The TCP connections of watched ports: what dumps and destroy events say, as flows. Think only.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "contract/witness.hpp"
#include "witness/sockets/diag_messages.hpp"

namespace davylamp::sockets {

// How much was sent, and sent again, up to some moment of a connection.
struct SentMark {
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_again = 0;
  std::uint32_t segments_sent = 0;
  std::uint32_t segments_again = 0;
};
SentMark mark_of(const TcpFigures& figures);

// Puts into `quality` what a connection's figures say of its path: round-trip time, what had to be sent again since
// `since` of the same connection, what the path takes.
void judge_path(const TcpFigures& figures, const SentMark& since, model::Quality& quality);
// What the service received and what arrived at the peer: stream bytes, nothing counted twice, and packets. Nothing on
// kernels that do not tell bytes.
std::optional<model::FlowCounters> counters_of(const TcpFigures& figures);

// A listing lies between begin() and end(). Never tells a flow again after its end. A connection that one dump missed,
// because the kernel's list moved meanwhile, is not yet over: its end is told by an event, or by two dumps without it.
class FlowTable {
 public:
  explicit FlowTable(contract::FlowSink& sink) : sink_(&sink) {}

  void begin(base::Time now);
  void listed(base::Time now, const DiagSocket& socket);
  void end(base::Time now);
  // Its last socket has gone; the figures are its last word. Tells connections that no dump saw as well.
  void destroyed(base::Time now, const DiagSocket& socket);
  // Flows of other ports are forgotten without a word.
  void forget_other_ports(const contract::WatchedPorts& ports);

  std::size_t size() const { return flows_.size(); }

 private:
  struct Flow {
    model::FlowSeen seen;
    std::uint32_t listing = 0;  // the last that held it
    base::Time marked_at{};     // when `newer` was taken; never: the epoch
    SentMark older;             // at first: its beginning
    SentMark newer;
  };
  static model::FlowSeen& note(Flow& flow, base::Time now, const DiagSocket& socket);
  bool has_ended(std::uint64_t cookie) const { return ended_.contains(cookie) || ended_before_.contains(cookie); }
  // The kernel lists in the same order again, so the next flow is most often the one behind the last.
  Flow& flow_of(std::uint64_t cookie);
  void erase(std::size_t place);

  contract::FlowSink* sink_;
  std::vector<Flow> flows_;
  boost::unordered_flat_map<std::uint64_t, std::size_t> places_;  // in `flows_`, by cookie
  std::size_t expected_ = 0;
  std::size_t listed_ = 0;                          // flows that this listing held
  boost::unordered_flat_set<std::uint64_t> ended_;  // since the listing before this one began
  boost::unordered_flat_set<std::uint64_t> ended_before_;
  std::uint32_t listing_ = 0;
};

}  // namespace davylamp::sockets
