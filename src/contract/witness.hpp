// The witness seam: one way of seeing the flows of watched services from outside the VPN (conntrack, sockets, eBPF).
// The tests every witness must pass against real traffic: contract/testing/witness_contract.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/task.hpp"
#include "model/flow.hpp"
#include "model/house_job.hpp"

namespace davylamp::contract {

// What to look at. A flow belongs to the service when its protocol and the service's port match. With `interfaces`,
// only what passes there (eBPF); others ignore it.
struct WatchedPorts {
  std::vector<std::uint16_t> udp;
  std::vector<std::uint16_t> tcp;
  std::vector<std::string> interfaces;
  bool operator==(const WatchedPorts&) const = default;
};

// Where a witness puts what it saw. Nothing blocks or throws. A witness may tell a flow as often as it likes; values
// are absolute. `now` is the time of the report.
class FlowSink {
 public:
  virtual ~FlowSink() = default;
  virtual void seen(base::Time now, const model::FlowSeen& flow) = 0;
  virtual void ended(base::Time now, const model::FlowEnded& flow) = 0;
  // A full listing begins, and ends: flows of this witness that were not seen in between, nor begun since, are over.
  virtual void begin_listing(base::Time now) = 0;
  virtual void end_listing(base::Time now) = 0;
  // What a flow's inner or outer path is like, for a peer that only its address in the tunnel is known of.
  virtual void judged(base::Time now, const model::Address& virtual_address, const model::Quality& quality) = 0;
  // How the witness fares, whenever that changes.
  virtual void told(model::WitnessState state, std::string text) = 0;
};

// Lives on the collect role's loop. A round of a witness on a busy machine takes milliseconds, never more than a few
// at a stretch: a long dump is read in parts, with the loop in between.
class Witness {
 public:
  virtual ~Witness() = default;
  // "conntrack", "sockets", "ebpf".
  virtual std::string_view kind() const = 0;
  virtual model::CountedLayer layer() const = 0;
  // Subscribes, lists, follows, lists again from time to time, until cancelled. Throws Failure with code "refused" when
  // a privilege or a part of the kernel is missing (the message says which, and what to do), with any other code when
  // it broke: it is run again after a pause. What was lost on the way is healed by the next listing, and counted.
  virtual io::Task<void> run(FlowSink& sink) = 0;
  // Other ports from now on: those of a process change. Takes effect with the next round.
  virtual void watch(const WatchedPorts& ports) = 0;
  virtual std::vector<model::Loss> losses() const = 0;
};

}  // namespace davylamp::contract
