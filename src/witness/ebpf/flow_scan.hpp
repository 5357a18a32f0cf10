// Looks over the slots of the kernel's flow table: which flows moved, which are over; gives used slots back.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "witness/ebpf/kernel/layout.h"

namespace davylamp::ebpf {

// The kernel's side of the table.
class SlotTable {
 public:
  virtual ~SlotTable() = default;
  // From now on a packet of this flow begins a new one, in another slot.
  virtual void forget(const FlowKey& key) = 0;
  // The slot may be used for another flow.
  virtual void give_back(std::uint32_t slot) = 0;
};

// Nanoseconds.
struct FlowAges {
  std::uint64_t idle = 300'000'000'000;  // silent so long, a flow is over
  std::uint64_t closed = 5'000'000'000;  // ... after both ends of a TCP connection closed
  std::uint64_t drain = 1'500'000'000;   // until no packet under way can count in a slot that was taken out
};

// Slots are memory that the kernel writes at the same time. Costs some nanoseconds per slot ever used at once.
class FlowScan {
 public:
  FlowScan(std::span<FlowCounts> counts, std::span<FlowPath> paths, SlotTable& table, const FlowAges& ages);

  struct Found {
    std::vector<std::uint32_t> moved;  // since the last look; also those that are new
    std::vector<std::uint32_t> over;   // counters are final; give each to release() when they are read
  };
  // `now`: nanoseconds of CLOCK_MONOTONIC. The result is valid until the next look.
  const Found& look(std::uint64_t now);
  // Takes a flow out before its time: its service is no longer watched.
  void leave(std::uint32_t slot, std::uint64_t now);
  // Of a slot in `over`: empties it and gives it back.
  void release(std::uint32_t slot);
  bool is_leaving(std::uint32_t slot) const { return leaving_[slot] != 0; }
  // Slots above were never used.
  std::uint32_t used() const { return used_; }
  std::uint64_t flows() const { return flows_; }

 private:
  bool is_over(const FlowCounts& count, std::uint64_t now) const;
  void find_new();

  std::span<FlowCounts> counts_;
  std::span<FlowPath> paths_;
  SlotTable& table_;
  FlowAges ages_;
  std::vector<std::uint64_t> packets_;  // as of the last look
  std::vector<std::uint8_t> leaving_;
  struct Drain {
    std::uint32_t slot;
    std::uint64_t since;
  };
  std::vector<Drain> drains_;
  Found found_;
  std::uint32_t used_ = 0;
  std::uint64_t flows_ = 0;
};

}  // namespace davylamp::ebpf
