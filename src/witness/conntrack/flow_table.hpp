// Tracked connections become the flows of a service: what was listed, what events told, and in which order.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "witness/conntrack/service_ports.hpp"

namespace davylamp::conntrack {

// Tells a sink. A flow's identity is mixed from the kernel's id, its zone and its start, which lasts as long as the
// entry does. Where the kernel notes no start times a number that comes again counts as another flow as far as this
// table saw the first one end.
class FlowTable {
 public:
  // `sink` must outlive it.
  explicit FlowTable(contract::FlowSink& sink) : sink_(sink), ports_({}, {}) {}

  // From now on; flows of other ports are forgotten at the next listing's end.
  void set(ServicePorts ports) { ports_ = std::move(ports); }
  void set(const KernelSettings& settings) { settings_ = settings; }

  void begin_listing(base::Time now);
  // Flows that neither were listed nor began since are over.
  void end_listing(base::Time now);
  // The listing broke off: it says nothing.
  void drop_listing();
  // An entry as listed or told. True when a listing soon would tell more of it than is known now.
  bool take(const Message& message, base::Time now);

  std::size_t size() const { return flows_.size(); }
  // Flows whose bytes the kernel does not count: they began before accounting was switched on.
  std::size_t uncounted() const { return uncounted_; }

 private:
  struct Flow {
    model::FlowSeen seen;
    std::uint32_t listing = 0;  // that told it last
  };
  std::uint64_t identity_of(const Entry& entry) const;
  std::uint32_t generation_of(std::uint64_t key) const;
  Flow& flow_of(const Entry& entry, const ServiceSide& side, base::Time now);
  void list(const Entry& entry, const ServiceSide& side, base::Time now);
  bool begin(const Entry& entry, const ServiceSide& side, base::Time now);
  void end(const Entry& entry, const ServiceSide& side, base::Time now);

  contract::FlowSink& sink_;
  ServicePorts ports_;
  KernelSettings settings_;
  std::unordered_map<std::uint64_t, Flow> flows_;                 // by identity
  std::unordered_map<std::uint64_t, std::uint32_t> generations_;  // of numbers without a start that ended
  std::unordered_set<std::uint64_t> ended_since_;                 // the listing began
  std::uint32_t listing_ = 0;
  bool is_listing_ = false;
  std::size_t uncounted_ = 0;
};

// When the last packet passed: the kernel sets an entry's time-out anew with each packet, by its protocol's state.
base::Time last_packet_at(const Entry& entry, const KernelSettings& settings, base::Time now);

}  // namespace davylamp::conntrack
