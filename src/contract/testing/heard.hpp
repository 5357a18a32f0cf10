// What a source says, for tests of sources.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "contract/source.hpp"

namespace davylamp::contract::testing {

// Keeps what a source says, as the ledger would.
class Heard : public ObservationSink {
 public:
  struct Session {
    model::PeerFacts facts;
    model::Counters counters;
    bool open = true;
  };
  void emit(base::Time, model::Fact fact) override {
    if (const auto* seen = std::get_if<model::PeerSeen>(&fact)) {
      auto& session = sessions[seen->peer];
      if (seen->facts) session.facts = *seen->facts;
      session.counters.raise_to(seen->counters);
    } else if (const auto* moved = std::get_if<model::PeersMoved>(&fact)) {
      for (const auto& peer : moved->peers) sessions[peer.peer].counters.raise_to(peer.counters);
    } else if (const auto* gone = std::get_if<model::PeerGone>(&fact)) {
      sessions[gone->peer].counters.raise_to(gone->counters.value_or(model::Counters{}));
      sessions[gone->peer].open = false;
    } else if (const auto* health = std::get_if<model::SourceHealth>(&fact)) {
      server = health->server;
    } else if (const auto* epoch = std::get_if<model::EpochStarted>(&fact)) {
      epochs.push_back(epoch->epoch);
    }
  }
  model::Counters sum() const {
    model::Counters all;
    for (const auto& [peer, session] : sessions) all += session.counters;
    return all;
  }
  std::size_t open_count() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(sessions, [](const auto& entry) { return entry.second.open; }));
  }
  std::map<std::string, Session> sessions;
  std::vector<std::string> epochs;
  model::ServerFacts server;
};

}  // namespace davylamp::contract::testing
