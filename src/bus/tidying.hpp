// Which of many observations say something that no later one says. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "model/observation.hpp"

namespace davylamp::bus {

// How many peers or attempts it holds, at least one.
std::size_t weight_of(const model::Observation& observation);

// Whether what it says is said again by the next report or listing.
bool heals(const model::Observation& observation);

// Whether it says how something stands until the same source says it anew.
bool stands(const model::Observation& observation);

// Shown all observations from the newest to the oldest, it leaves out what is old. What it keeps must live as long as
// this.
class Tidying {
 public:
  using Item = std::shared_ptr<const model::Observation>;
  // What is left of it: itself, a part of its peers, or null.
  Item keep(Item item);
  // Reports of peers' counters that were left out.
  std::uint64_t superseded() const { return superseded_; }

 private:
  // What later observations say of a peer: its counters, and perhaps its facts.
  struct Peer {
    const model::PeerFacts* facts = nullptr;
  };
  struct Source {
    std::unordered_map<std::string, Peer> peers;
    std::uint64_t listing = 0;  // the newest that is complete
    const model::ServerFacts* health = nullptr;
    bool witnesses_told = false;
  };
  Item keep(Source& source, Item item, const model::PeerSeen& seen);
  Item keep(Source& source, const Item& item, const model::PeersMoved& moved);

  std::map<model::SourceId, Source> sources_;
  std::uint64_t superseded_ = 0;
};

}  // namespace davylamp::bus
