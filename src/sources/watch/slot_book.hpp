// Peers and flows in the slots of a state file: the order in which they are stored is what makes that a kill between
// any two stores can lose a moment but never counts a byte twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "model/counters.hpp"
#include "model/flow.hpp"
#include "sources/watch/state_file.hpp"

namespace davylamp::watch {

constexpr std::uint32_t no_slot = 0xFFFF'FFFF;

class SlotBook {
 public:
  explicit SlotBook(StateFile state);

  // Takes a slot, with totals of zero and a key that was never used; no_slot when all are taken.
  std::uint32_t add_peer(const model::Endpoint& where, base::Time connected_at);
  // The slot is zeroed: nothing of the peer stays.
  void drop_peer(std::uint32_t peer);
  PeerSlot& peer(std::uint32_t index) { return peers_[index]; }
  const PeerSlot& peer(std::uint32_t index) const { return peers_[index]; }
  model::Counters totals(std::uint32_t index) const { return {peers_[index].rx_bytes, peers_[index].tx_bytes}; }
  std::uint32_t peer_slots() const { return static_cast<std::uint32_t>(peers_.size()); }

  // `counted`: what of it is in a total already, or never will be. no_slot when all are taken.
  std::uint32_t add_flow(std::uint64_t identity, const model::Counters& counted);
  void end_flow(std::uint32_t flow) { flows_[flow].mark = FlowMark::ended; }
  void revive_flow(std::uint32_t flow) { flows_[flow].mark = FlowMark::going_on; }
  void drop_flow(std::uint32_t flow);
  const FlowSlot& flow(std::uint32_t index) const { return flows_[index]; }
  std::uint32_t flow_slots() const { return static_cast<std::uint32_t>(flows_.size()); }
  // Adds to the peer's total by how much the flow is further than it was counted. Counters never go back.
  void count(std::uint32_t flow, std::uint32_t peer, const model::Counters& now);

  // Which witness's flows these are; empty: nobody's yet.
  std::string_view counting() const { return state_.header().counting.data(); }
  base::Time counting_from() const { return base::Time{base::Milliseconds{state_.header().counting_from}}; }
  bool counted_ever() const { return !counting().empty() || state_.header().counting_from != 0; }
  // From now on flows are those of `kind`; the others are forgotten. What began before `from` is not counted from its
  // start, for another may have counted it.
  void count_by(std::string_view kind, base::Time from);

  // "epoch/number": what the ledger knows the peer by. Fits into a string without an allocation.
  std::string key_text(std::uint32_t peer) const;
  std::string epoch() const { return state_.header().epoch.data(); }
  const std::optional<std::string>& remark() const { return state_.remark(); }

 private:
  StateFile state_;
  std::span<PeerSlot> peers_;
  std::span<FlowSlot> flows_;
  std::vector<std::uint32_t> free_peers_;  // the lowest last
  std::vector<std::uint32_t> free_flows_;
  std::uint32_t next_peer_ = 0;  // from here on none was ever taken
  std::uint32_t next_flow_ = 0;
};

}  // namespace davylamp::watch
