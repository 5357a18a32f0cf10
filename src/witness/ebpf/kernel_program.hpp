// The programs in the kernel and the memory they share with this process.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "contract/witness.hpp"
#include "witness/ebpf/flow_scan.hpp"
#include "witness/ebpf/kernel/layout.h"

namespace davylamp::ebpf {

// File descriptors of programs: for what enters and what leaves a device.
struct ProgramPair {
  int incoming = -1;
  int outgoing = -1;
};

// What could not be counted, since it was loaded.
struct KernelLosses {
  std::uint64_t table_full = 0;       // packets of flows that found no room
  std::uint64_t fragments = 0;        // later fragments of packets: they tell no port
  std::uint64_t unreadable = 0;       // packets whose headers are cut off
  std::uint64_t handshakes_lost = 0;  // inner handshakes that did not fit into the ring
};

// Loaded, attached to nothing; all of it goes with this object, or with the process.
class KernelProgram : public SlotTable {
 public:
  // Throws Failure: "refused" when a privilege or a part of the kernel is missing (what, and what to do), else "ebpf".
  explicit KernelProgram(std::uint32_t most_flows);
  ~KernelProgram() override;
  KernelProgram(const KernelProgram&) = delete;
  KernelProgram& operator=(const KernelProgram&) = delete;

  // Makes at most `most` more slots free for use; false when there are no more. 0.2 us each.
  bool offer_slots(std::uint32_t most);
  // Throws Failure.
  void watch(const contract::WatchedPorts& ports);
  // Shared with the kernel: they change while they are read.
  std::span<FlowCounts> counts() const;
  std::span<FlowPath> paths() const;
  KernelLosses losses() const;
  // Handshakes in tunnels since the last call.
  void take_handshakes(const std::function<void(const InnerHandshake&)>& take);
  ProgramPair uplink() const;
  ProgramPair inner() const;
  // The table of flows, by key: for those who measure.
  int table() const;

  void forget(const FlowKey& key) override;
  void give_back(std::uint32_t slot) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace davylamp::ebpf
