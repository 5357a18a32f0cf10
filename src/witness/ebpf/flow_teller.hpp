// Tells a sink what the kernel's table holds: flows that moved, flows that are over, listings, inner round-trip times.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>

#include "contract/witness.hpp"
#include "witness/ebpf/flow_scan.hpp"
#include "witness/ebpf/kernel_program.hpp"
#include "witness/ebpf/path_memory.hpp"

namespace davylamp::ebpf {

// A moment on both clocks: the kernel's program knows CLOCK_MONOTONIC, in nanoseconds.
struct Moment {
  base::Time time{};
  std::uint64_t monotonic = 0;
};

class FlowTeller {
 public:
  // `nonce`: of this load of the program; flows of another load are others.
  FlowTeller(KernelProgram& program, const FlowAges& ages, std::uint64_t nonce);

  // Looks over the table. What was found is told by tell_some(), some flows at a time, until that is false.
  void look(const Moment& now);
  bool tell_some(contract::FlowSink& sink, std::size_t most);
  // Everything that lives, likewise.
  void begin_listing(contract::FlowSink& sink, const Moment& now);
  bool list_some(contract::FlowSink& sink, std::size_t most);
  void judge(contract::FlowSink& sink, const Moment& now);
  // Flows of other ports are over.
  void keep_only(const contract::WatchedPorts& ports, const Moment& now);

  std::uint64_t flows() const { return scan_.flows(); }
  std::uint64_t inner_dropped() const { return inner_dropped_; }

 private:
  void tell(contract::FlowSink& sink, std::uint32_t slot);
  void forget_old_paths(std::uint64_t now);
  void end(contract::FlowSink& sink, std::uint32_t slot);
  std::uint64_t identity_of(std::uint32_t slot) const;
  base::Time time_of(std::uint64_t monotonic) const;

  KernelProgram& program_;
  FlowScan scan_;
  std::uint64_t nonce_;
  Moment now_;
  const FlowScan::Found* found_ = nullptr;
  std::size_t next_moved_ = 0;
  std::size_t next_over_ = 0;
  std::uint32_t next_listed_ = 0;
  std::unordered_map<std::uint32_t, PathMemory> memories_;  // of slots whose path tells something
  struct InnerPath {
    AnswerTimes answers;
    std::uint64_t at = 0;
  };
  std::map<model::Address, InnerPath> inner_;
  std::uint64_t forgotten_at_ = 0;
  std::uint64_t inner_dropped_ = 0;
};

}  // namespace davylamp::ebpf
