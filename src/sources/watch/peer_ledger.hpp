// From flows to peers: which flows belong to whom, what counts, what each witness saw. Pure: told what happens, asked
// once a second.
#pragma once

#include <bit>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "contract/witness.hpp"
#include "model/house_job.hpp"
#include "sources/watch/counting_choice.hpp"
#include "sources/watch/flow_table.hpp"
#include "sources/watch/quality_blend.hpp"
#include "sources/watch/slot_book.hpp"

namespace davylamp::watch {

struct WitnessTraits {
  std::string kind;
  model::CountedLayer layer = model::CountedLayer::ip;
  bool looks_at_udp = true;
};

// What a witness saw of a peer since the last reset.
struct Sight {
  model::FlowCounters udp;
  model::FlowCounters tcp;
  base::Time told_at{};
  std::uint32_t flows = 0;   // going on
  std::uint32_t linked = 0;  // ever
};

// What is known of the peer in a slot besides what the slot remembers.
struct Peer {
  base::Time began_at{};  // here, in this run
  bool restored = false;  // from the state file, not seen since
  std::unique_ptr<QualityBlend> quality;
};

class PeerLedger {
 public:
  struct Rules {
    std::vector<WitnessTraits> witnesses;  // in the order of trust
    bool apart_by_port = false;            // a peer is an address with a port, not an address
    base::Seconds idle{120};
  };
  // Continues what `book` remembers.
  PeerLedger(Rules rules, SlotBook book, base::Time now);

  void seen(std::size_t witness, base::Time now, const model::FlowSeen& told);
  void ended(std::size_t witness, base::Time now, const model::FlowEnded& told);
  void begin_listing(std::size_t witness) { tables_[witness].begin_listing(); }
  void end_listing(std::size_t witness, base::Time now);
  void told(std::size_t witness, base::Time now, model::WitnessState state) { choice_.told(witness, now, state); }
  // Chooses who counts, forgets what ended.
  void tick(base::Time now);

  // Slots from 0 to here may hold a peer: one with a key.
  std::uint32_t slots_used() const { return static_cast<std::uint32_t>(peers_.size()); }
  const PeerSlot& slot(std::uint32_t index) const { return book_.peer(index); }
  Peer& peer(std::uint32_t index) { return peers_[index]; }
  Sight& sight(std::uint32_t index, std::size_t witness) { return sights_[(index * traits().size()) + witness]; }
  model::Endpoint where(std::uint32_t index) const;
  model::Counters totals(std::uint32_t index) const { return book_.totals(index); }
  std::string key_text(std::uint32_t index) const { return book_.key_text(index); }
  std::string epoch() const { return book_.epoch(); }
  const std::optional<std::string>& remark() const { return book_.remark(); }
  std::uint32_t flows(std::uint32_t index);
  std::size_t flows_of(std::size_t witness) const { return tables_[witness].going_on(); }

  // True when nothing of it passed for so long that it is gone.
  bool is_idle(std::uint32_t index, base::Time now) const;
  void drop(std::uint32_t index);
  // Visits, in the order of slots, the peers of which something changed since the last call.
  template <class Visit>
  void each_changed(Visit visit) {
    for (std::size_t word = 0; word < changed_.size(); ++word) {
      for (auto bits = std::exchange(changed_[word], 0); bits != 0; bits &= bits - 1)
        visit(static_cast<std::uint32_t>((word * 64) + static_cast<std::size_t>(std::countr_zero(bits))));
    }
  }

  const std::vector<WitnessTraits>& traits() const { return rules_.witnesses; }
  const CountingChoice& choice() const { return choice_; }
  std::vector<model::Loss> losses() const;

 private:
  struct EndpointHash {
    std::size_t operator()(const model::Endpoint& endpoint) const;
  };
  struct Losses {
    std::uint64_t flows_not_kept = 0;
    std::uint64_t peers_not_kept = 0;
    std::uint64_t ended_while_away = 0;
    std::uint64_t changes_of_counting = 0;
    std::uint64_t never_answered = 0;
  };
  void restore(base::Time now);
  void restore_flow(std::uint32_t slot, FlowTable& table, base::Time now);
  model::Endpoint key_of(const model::Endpoint& peer) const;
  void take(std::size_t witness, base::Time now, Flow& flow, const model::FlowCounters& moved);
  bool linked(const Flow& flow) const;
  bool link(std::size_t witness, base::Time now, Flow& flow, bool may_begin);
  std::uint32_t begin_peer(base::Time now, const Flow& flow);
  void count(Flow& flow);
  void end(std::size_t witness, base::Time now, Flow& flow);
  void count_by(std::size_t witness, base::Time now);
  static bool answers(const WitnessTraits& witness, base::Time now, const Flow& flow);
  void mark(std::uint32_t index);

  Rules rules_;
  SlotBook book_;
  CountingChoice choice_;
  std::optional<std::size_t> counting_;
  std::uint32_t turn_ = 1;
  std::vector<FlowTable> tables_;
  std::vector<Peer> peers_;
  std::vector<Sight> sights_;
  std::vector<std::uint64_t> changed_;
  boost::unordered_flat_map<model::Endpoint, std::uint32_t, EndpointHash> by_endpoint_;
  std::optional<base::Time> first_tick_at_;
  bool settled_ = false;
  Losses losses_;
};

}  // namespace davylamp::watch
