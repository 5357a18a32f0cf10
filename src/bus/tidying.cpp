#include "bus/tidying.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::bus {

std::size_t weight_of(const model::Observation& observation) {
  std::size_t weight = 0;
  if (const auto* moved = std::get_if<model::PeersMoved>(&observation.fact)) weight = moved->peers.size();
  if (const auto* judged = std::get_if<model::PeersJudged>(&observation.fact)) weight = judged->peers.size();
  if (const auto* counted = std::get_if<model::AttemptsCounted>(&observation.fact)) weight = counted->attempts.size();
  return std::max<std::size_t>(weight, 1);
}

bool heals(const model::Observation& observation) {
  if (const auto* seen = std::get_if<model::PeerSeen>(&observation.fact)) return !seen->facts;
  return std::holds_alternative<model::PeersMoved>(observation.fact) ||
         std::holds_alternative<model::PeersJudged>(observation.fact) ||
         std::holds_alternative<model::PeersListed>(observation.fact);
}

bool stands(const model::Observation& observation) {
  return std::holds_alternative<model::SourceHealth>(observation.fact) ||
         std::holds_alternative<model::WitnessesTold>(observation.fact);
}

Tidying::Item Tidying::keep(Item item) {
  auto& source = sources_[item->source];
  if (const auto* seen = std::get_if<model::PeerSeen>(&item->fact)) return keep(source, std::move(item), *seen);
  if (const auto* moved = std::get_if<model::PeersMoved>(&item->fact)) return keep(source, item, *moved);
  if (const auto* gone = std::get_if<model::PeerGone>(&item->fact)) {
    if (gone->counters) source.peers.try_emplace(gone->peer);
  } else if (const auto* listed = std::get_if<model::PeersListed>(&item->fact)) {
    if (listed->listing < source.listing) return nullptr;
    source.listing = listed->listing;
  } else if (std::holds_alternative<model::WitnessesTold>(item->fact)) {
    if (std::exchange(source.witnesses_told, true)) return nullptr;
  } else if (const auto* health = std::get_if<model::SourceHealth>(&item->fact)) {
    // A state that was left again is worth an event; the same state in other words is not.
    if (source.health != nullptr && source.health->state == health->server.state) return nullptr;
    source.health = &health->server;
  }
  return item;
}

Tidying::Item Tidying::keep(Source& source, Item item, const model::PeerSeen& seen) {
  const auto [found, is_new] = source.peers.try_emplace(seen.peer);
  const bool in_newest_listing = seen.listing != 0 && seen.listing >= source.listing;
  const bool told = !seen.facts || (found->second.facts != nullptr && *found->second.facts == *seen.facts);
  // Not of one that is left out: it is gone before the older ones are looked at.
  if (!told) found->second.facts = &*seen.facts;
  if (is_new || in_newest_listing || !told) return item;
  ++superseded_;
  return nullptr;
}

Tidying::Item Tidying::keep(Source& source, const Item& item, const model::PeersMoved& moved) {
  std::vector<model::MovedPeer> left;
  left.reserve(moved.peers.size());
  for (const auto& peer : moved.peers) {
    if (source.peers.try_emplace(peer.peer).second) left.push_back(peer);
  }
  if (left.size() == moved.peers.size()) return item;
  superseded_ += moved.peers.size() - left.size();
  if (left.empty()) return nullptr;
  auto rest = model::Observation{item->source, item->boot, item->sequence, item->at, {}};
  rest.fact = model::PeersMoved{std::move(left)};
  return std::make_shared<const model::Observation>(std::move(rest));
}

}  // namespace davylamp::bus
