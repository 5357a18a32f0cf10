// Tells the peers of a watched service as sessions: new ones with their facts, counters of those that moved, the end of
// those that rest, and the whole list now and then so that whatever was lost heals.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "contract/source.hpp"
#include "sources/watch/evidence_rules.hpp"
#include "sources/watch/peer_ledger.hpp"

namespace davylamp::watch {

class SessionTeller {
 public:
  // `ledger` must outlive it.
  explicit SessionTeller(PeerLedger& ledger) : ledger_(ledger) {}
  // Once a second.
  void tick(base::Time now, contract::ObservationSink& sink);
  std::size_t sessions() const { return sessions_; }

 private:
  // What the ledger was told of the peer in a slot.
  struct Told {
    std::uint64_t key = 0;  // 0: nothing
    model::Counters totals;
    std::uint64_t listing = 0;
    base::Time compared_since{};  // which settling of witnesses its sights belong to
    base::Time looked_at{};
    model::Counters seen_then;  // by the one that counts
    model::Counters slack;
    std::unique_ptr<model::JudgedPeer> judged;
    base::Time judged_at{};
  };
  void tell_changed(base::Time now, contract::ObservationSink& sink);
  void tell(std::uint32_t index, base::Time now, contract::ObservationSink& sink);
  void begin_listing(base::Time now);
  void list(base::Time now, contract::ObservationSink& sink);
  void end_idle(base::Time now, contract::ObservationSink& sink);
  void judge_some(base::Time now, contract::ObservationSink& sink);
  std::optional<model::JudgedPeer> judge(std::uint32_t index, base::Time now);
  std::optional<model::Evidence> evidence(std::uint32_t index, base::Time now, Told& told);
  bool comparable(std::uint32_t index, base::Time now, Told& told, const model::Counters& per_second);
  model::PeerFacts facts(std::uint32_t index) const;
  Told& told(std::uint32_t index);
  bool is_told(std::uint32_t index);

  PeerLedger& ledger_;
  std::vector<Told> told_;
  std::size_t sessions_ = 0;
  std::uint64_t ticks_ = 0;
  std::uint64_t listing_ = 0;
  bool listing_now_ = false;
  std::uint32_t listed_to_ = 0;
  base::Time list_next_at_{};
};

}  // namespace davylamp::watch
