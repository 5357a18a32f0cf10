// What witnesses say of the peers of another source's server: which session is meant is found by address.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "contract/peer_directory.hpp"
#include "contract/source.hpp"
#include "sources/watch/evidence_rules.hpp"
#include "sources/watch/peer_ledger.hpp"

namespace davylamp::watch {

class ServerJudge {
 public:
  // `ledger` (peers apart by port) and `directory` must outlive it.
  ServerJudge(PeerLedger& ledger, const contract::PeerDirectory& directory, model::SourceId server)
      : ledger_(ledger), directory_(directory), server_(std::move(server)) {}
  // Once a second.
  void tick(base::Time now, contract::ObservationSink& sink);
  void judged(base::Time now, const model::Address& virtual_address, const model::Quality& quality);
  std::size_t sessions() const { return sessions_.size(); }
  // Addresses in the tunnel that no session has.
  std::uint64_t unknown_addresses() const { return unknown_addresses_; }

 private:
  // One session of the server, over all addresses that it comes from.
  struct Session {
    std::vector<Sight> sights;  // by witness, since `base`
    model::Counters base;       // what the server had counted when the comparison began
    model::Counters seen_then;
    model::Counters slack;
    base::Time looked_at{};
    base::Time compared_since{};
    // While bytes flow it is not known which of them each had counted when the comparison began: it begins again.
    std::uint32_t beginnings = 0;  // 0: settled
    std::uint64_t began_in_tick = 0;
    QualityBlend quality;
    std::uint32_t flows = 0;
    std::uint8_t protocols = 0;
    bool v4 = true;
    model::JudgedPeer told;
    base::Time told_at{};
  };
  void gather(std::uint32_t index, base::Time now);
  Session& session_of(const std::string& peer, bool from_its_start);
  void begin_comparison(const std::string& peer, Session& session);
  bool begins_again(const std::string& peer, Session& session);
  std::optional<model::JudgedPeer> judge(const std::string& peer, Session& session, base::Time now);
  std::optional<model::Evidence> evidence(Session& session, const model::Counters& counted, base::Time now);

  PeerLedger& ledger_;
  const contract::PeerDirectory& directory_;
  model::SourceId server_;
  std::map<std::string, Session> sessions_;
  std::uint64_t ticks_ = 0;
  std::uint64_t unknown_addresses_ = 0;
};

}  // namespace davylamp::watch
