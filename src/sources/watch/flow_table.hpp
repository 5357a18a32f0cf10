// The flows of one witness: each by its identity, with what was last told of it. One that ended is kept a moment, so
// that what is told of it late changes nothing.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <vector>

#include "model/flow.hpp"
#include "sources/watch/slot_book.hpp"

namespace davylamp::watch {

struct Flow {
  std::uint64_t identity = 0;
  model::Protocol protocol = model::Protocol::udp;
  bool used = false;
  bool ended = false;
  bool restored = false;   // from the state file, not seen since
  bool continued = false;  // it was, at the start
  bool has_counters = false;
  model::Endpoint peer;
  model::FlowCounters last;
  base::Time began_at{};
  base::Time told_first_at{};
  base::Time ended_at{};
  std::uint64_t listing = 0;   // the last one that had it
  std::uint64_t peer_key = 0;  // of the peer in slot `peer_slot`; another key there: it has none
  std::uint32_t peer_slot = no_slot;
  std::uint32_t flow_slot = no_slot;
  std::uint32_t turn = 0;  // of the witness that counts, in which `flow_slot` was taken
};

class FlowTable {
 public:
  explicit FlowTable(std::size_t most) : most_(most) {}

  // Null when there is none.
  Flow* find(std::uint64_t identity);
  // A new one, empty but for its identity; null when there are too many. Pointers hold until the next call.
  Flow* add(std::uint64_t identity);
  // It is over. `gone` of forget_ended() gets it in time.
  void end(Flow& flow, base::Time now);
  void revive(Flow& flow);

  void begin_listing() { ++listing_; }
  std::uint64_t listing() const { return listing_; }
  // Calls `ended` with each that the listing did not have.
  template <class Ended>
  void end_listing(Ended ended) {
    for (auto& flow : flows_) {
      if (flow.used && !flow.ended && flow.listing < listing_) ended(flow);
    }
    ++listings_ended_;
  }
  std::uint64_t listings_ended() const { return listings_ended_; }
  // Forgets those that ended before `before`, `gone` being called with each first.
  template <class Gone>
  void forget_ended(base::Time before, Gone gone) {
    while (!ended_.empty() && ended_.front().at < before) {
      const auto [index, identity, at] = ended_.front();
      ended_.pop_front();
      auto& flow = flows_[index];
      if (!flow.used || !flow.ended || flow.identity != identity || flow.ended_at != at) continue;
      gone(flow);
      forget(index);
    }
  }
  template <class Visit>
  void each(Visit visit) {
    for (auto& flow : flows_) {
      if (flow.used) visit(flow);
    }
  }
  std::size_t going_on() const { return by_identity_.size() - ended_now_; }

 private:
  struct Ended {
    std::uint32_t index;
    std::uint64_t identity;
    base::Time at;
  };
  void forget(std::uint32_t index);

  std::size_t most_;
  std::vector<Flow> flows_;
  std::vector<std::uint32_t> free_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> by_identity_;
  std::deque<Ended> ended_;
  std::size_t ended_now_ = 0;
  std::uint64_t listing_ = 1;
  std::uint64_t listings_ended_ = 0;
};

}  // namespace davylamp::watch
