// For tests of watched services: flows in few words, and a sink that remembers.
#pragma once

#include <string>
#include <vector>

#include "contract/source.hpp"
#include "sources/watch/peer_ledger.hpp"

namespace davylamp::watch {

inline model::Endpoint endpoint(const std::string& address, std::uint16_t port) {
  return {base::value_or_throw(model::Address::parse(address)), port};
}

struct ScriptedFlow {
  std::uint64_t identity = 1;
  std::string address = "192.0.2.1";
  std::uint16_t port = 4000;
  model::Protocol protocol = model::Protocol::udp;
  std::uint64_t rx = 0;
  std::uint64_t tx = 0;
  base::Time began_at{};
  base::Time last_seen_at{};

  model::FlowSeen seen() const {
    model::FlowSeen flow;
    flow.identity = identity;
    flow.protocol = protocol;
    flow.peer = endpoint(address, port);
    flow.service_port = 443;
    flow.counters = counters();
    flow.began_at = began_at;
    flow.last_seen_at = last_seen_at;
    return flow;
  }
  model::FlowCounters counters() const { return {rx, tx, (rx + 999) / 1000, (tx + 999) / 1000}; }
};

inline StatePlace small_place(std::string path = {}) {
  return {std::move(path), "boot-1", 64, 256};
}

inline PeerLedger::Rules rules_of(std::vector<std::string> kinds) {
  PeerLedger::Rules rules;
  for (auto& kind : kinds) {
    const bool sockets = kind == "sockets";
    rules.witnesses.push_back({kind, sockets ? model::CountedLayer::payload : model::CountedLayer::ip, !sockets});
  }
  return rules;
}

class RecordingSink : public contract::ObservationSink {
 public:
  struct Emitted {
    base::Time at;
    model::Fact fact;
  };
  void emit(base::Time at, model::Fact fact) override { all.push_back({at, std::move(fact)}); }
  template <class T>
  std::vector<T> of() const {
    std::vector<T> found;
    for (const auto& [at, fact] : all) {
      if (const auto* one = std::get_if<T>(&fact)) found.push_back(*one);
    }
    return found;
  }
  std::vector<Emitted> all;
};

}  // namespace davylamp::watch
