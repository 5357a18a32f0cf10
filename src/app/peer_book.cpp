#include "app/peer_book.hpp"

#include <algorithm>
#include <vector>

namespace davylamp::app {

void PeerBook::note(const model::SourceId& source, const model::Fact& fact) {
  const auto found = servers_.find(source);
  if (found == servers_.end()) return;
  auto& server = found->second;
  if (const auto* seen = std::get_if<model::PeerSeen>(&fact)) {
    auto& peer = server.peers[seen->peer];
    peer.counters.raise_to(seen->counters);
    if (seen->listing != 0) peer.listing = seen->listing;
    if (seen->facts) take_facts(server, seen->peer, peer, *seen->facts);
  } else if (const auto* moved = std::get_if<model::PeersMoved>(&fact)) {
    for (const auto& [key, counters] : moved->peers) {
      if (const auto known = server.peers.find(key); known != server.peers.end())
        known->second.counters.raise_to(counters);
    }
  } else if (const auto* gone = std::get_if<model::PeerGone>(&fact)) {
    forget(server, gone->peer);
  } else if (const auto* listed = std::get_if<model::PeersListed>(&fact)) {
    forget_unlisted(server, listed->listing);
  } else if (const auto* epoch = std::get_if<model::EpochStarted>(&fact)) {
    forget_epochs(server, epoch->epoch + "/");
  }
}

void PeerBook::take_facts(Server& server, const std::string& key, Peer& peer, const model::PeerFacts& facts) {
  unindex(server, key, peer);
  if (facts.real) peer.real = facts.real;
  if (facts.virtual_address) peer.virtual_address = facts.virtual_address;
  if (facts.virtual_address6) peer.virtual_address6 = facts.virtual_address6;
  if (peer.real) server.by_real.emplace(peer.real->address, key);
  for (const auto& address : {peer.virtual_address, peer.virtual_address6}) {
    if (address) server.by_virtual.insert_or_assign(*address, key);
  }
}

void PeerBook::unindex(Server& server, const std::string& key, const Peer& peer) {
  if (peer.real) {
    const auto [begin, end] = server.by_real.equal_range(peer.real->address);
    const auto found = std::find_if(begin, end, [&](const auto& entry) { return entry.second == key; });
    if (found != end) server.by_real.erase(found);
  }
  for (const auto& address : {peer.virtual_address, peer.virtual_address6}) {
    if (!address) continue;
    const auto found = server.by_virtual.find(*address);
    // The next peer may have been given the same address already.
    if (found != server.by_virtual.end() && found->second == key) server.by_virtual.erase(found);
  }
}

void PeerBook::forget(Server& server, const std::string& key) {
  const auto found = server.peers.find(key);
  if (found == server.peers.end()) return;
  unindex(server, key, found->second);
  server.peers.erase(found);
}

void PeerBook::forget_unlisted(Server& server, std::uint64_t listing) {
  std::vector<std::string> absent;
  for (const auto& [key, peer] : server.peers) {
    if (peer.listing < listing) absent.push_back(key);
  }
  for (const auto& key : absent) forget(server, key);
}

void PeerBook::forget_epochs(Server& server, const std::string& prefix) {
  std::vector<std::string> ended;
  for (const auto& [key, peer] : server.peers) {
    if (!key.starts_with(prefix)) ended.push_back(key);
  }
  for (const auto& key : ended) forget(server, key);
}

std::optional<std::string> PeerBook::peer_at(const model::SourceId& source, const model::Endpoint& real) const {
  const auto found = servers_.find(source);
  if (found == servers_.end()) return std::nullopt;
  const auto [begin, end] = found->second.by_real.equal_range(real.address);
  std::optional<std::string> without_port;
  bool ambiguous = false;
  for (auto entry = begin; entry != end; ++entry) {
    const auto& peer = found->second.peers.at(entry->second);
    if (peer.real->port && real.port) {
      if (*peer.real->port == *real.port) return entry->second;
      continue;
    }
    ambiguous = ambiguous || without_port;
    without_port = entry->second;
  }
  return ambiguous ? std::nullopt : without_port;
}

std::optional<std::string> PeerBook::peer_behind(const model::SourceId& source,
                                                 const model::Address& virtual_address) const {
  const auto found = servers_.find(source);
  if (found == servers_.end()) return std::nullopt;
  const auto peer = found->second.by_virtual.find(virtual_address);
  if (peer == found->second.by_virtual.end()) return std::nullopt;
  return peer->second;
}

std::optional<model::Counters> PeerBook::counters(const model::SourceId& source, const std::string& peer) const {
  const auto found = servers_.find(source);
  if (found == servers_.end()) return std::nullopt;
  const auto known = found->second.peers.find(peer);
  if (known == found->second.peers.end()) return std::nullopt;
  return known->second.counters;
}

}  // namespace davylamp::app
