// What sources say. Every value is absolute, never a difference, so a lost observation is healed by the next one.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "model/attempt.hpp"
#include "model/counters.hpp"
#include "model/heartbeat.hpp"
#include "model/server.hpp"
#include "model/session.hpp"

namespace davylamp::model {

// Which source of which node speaks.
struct SourceId {
  std::string node;
  std::string kind;  // "openvpn", "wireguard", "watch", "firewall", "hub", "canary"
  std::string name;  // the server's name
  auto operator<=>(const SourceId&) const = default;
  std::string to_text() const { return node + "/" + kind + "/" + name; }
};
BOOST_DESCRIBE_STRUCT(SourceId, (), (node, kind, name))

// What is known of a peer besides its counters.
struct PeerFacts {
  base::Time connected_at{};
  std::string user;
  std::optional<std::string> common_name;
  std::optional<std::string> username;
  std::string transport;
  std::optional<Endpoint> real;
  std::optional<Address> virtual_address;
  std::optional<Address> virtual_address6;
  std::optional<std::string> cipher;
  std::optional<std::string> client_version;
  std::optional<std::string> platform;
  bool user_is_address = false;  // nobody has a name here: `user` is the peer's address, and veiled as that
  std::optional<Place> place;    // left empty by sources; the collect role fills it in
  bool operator==(const PeerFacts&) const = default;
};
BOOST_DESCRIBE_STRUCT(PeerFacts, (),
                      (connected_at, user, common_name, username, transport, real, virtual_address, virtual_address6,
                       cipher, client_version, platform, user_is_address, place))

// A peer is there, with its counters. `peer` is the source's key for this connection: unique for the life of the
// source's server, over its restarts ("epoch/connected-since/client id"). `facts` come with the first report, when
// they change, and now and then for repair. `listing` is the full listing this is a part of, 0 if none.
struct PeerSeen {
  static constexpr std::string_view kind = "peer_seen";
  std::string peer;
  Counters counters;
  std::uint64_t listing = 0;
  std::optional<PeerFacts> facts;
};
BOOST_DESCRIBE_STRUCT(PeerSeen, (), (peer, counters, listing, facts))

// Many peers' counters at once, for sources with very many: as PeerSeen without facts, outside any listing. A peer that
// the ledger does not know is skipped, until a PeerSeen brings its facts.
struct MovedPeer {
  std::string peer;
  Counters counters;
};
BOOST_DESCRIBE_STRUCT(MovedPeer, (), (peer, counters))
struct PeersMoved {
  static constexpr std::string_view kind = "peers_moved";
  std::vector<MovedPeer> peers;
};
BOOST_DESCRIBE_STRUCT(PeersMoved, (), (peers))

// What witnesses say of peers: replaces what was said before; a member that is absent leaves it as it was. Best effort,
// told when it changed by something worth seeing.
struct JudgedPeer {
  std::string peer;
  std::optional<Evidence> evidence;
  std::optional<Quality> quality;
  std::optional<std::uint32_t> flows;
};
BOOST_DESCRIBE_STRUCT(JudgedPeer, (), (peer, evidence, quality, flows))
struct PeersJudged {
  static constexpr std::string_view kind = "peers_judged";
  std::vector<JudgedPeer> peers;
};
BOOST_DESCRIBE_STRUCT(PeersJudged, (), (peers))

// Attempts at a service, absolute per row (AttemptCount::number) since the source started.
struct AttemptsCounted {
  static constexpr std::string_view kind = "attempts_counted";
  std::vector<AttemptCount> attempts;
};
BOOST_DESCRIBE_STRUCT(AttemptsCounted, (), (attempts))

// A peer left. `counters` are given when the source knows the last word.
struct PeerGone {
  static constexpr std::string_view kind = "peer_gone";
  std::string peer;
  std::optional<Counters> counters;
  EndReason reason = EndReason::left;
};
BOOST_DESCRIBE_STRUCT(PeerGone, (), (peer, counters, reason))

// The last word on a peer, from one that does not know the source's key for it (a disconnect hook). The tracker finds
// the session by the time it began, its virtual address and its names. Repeated deliveries change nothing.
struct PeerFinal {
  static constexpr std::string_view kind = "peer_final";
  PeerFacts facts;
  Counters counters;
  base::Time ended_at{};
};
BOOST_DESCRIBE_STRUCT(PeerFinal, (), (facts, counters, ended_at))

// The source was told to end this peer and the server agreed: when it goes, that is why.
struct PeerEnding {
  static constexpr std::string_view kind = "peer_ending";
  std::string peer;
  EndReason reason = EndReason::killed;
};
BOOST_DESCRIBE_STRUCT(PeerEnding, (), (peer, reason))

// Somebody was not let in.
struct LoginRefused {
  static constexpr std::string_view kind = "login_refused";
  std::string user;
  std::optional<Endpoint> real;
  std::optional<Place> place;  // left empty by sources
  std::string why;             // "quota", "blocked"
};
BOOST_DESCRIBE_STRUCT(LoginRefused, (), (user, real, place, why))

// What became of a command that somebody waits for.
struct CommandDone {
  static constexpr std::string_view kind = "command_done";
  std::uint64_t command = 0;
  bool ok = false;
  std::string text;  // a sentence: what was done, or why not
};
BOOST_DESCRIBE_STRUCT(CommandDone, (), (command, ok, text))

// Listing `listing` is complete: it had `count` peers. Peers that were not in it are absent.
struct PeersListed {
  static constexpr std::string_view kind = "peers_listed";
  std::uint64_t listing = 0;
  std::uint64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(PeersListed, (), (listing, count))

// The server started (again): peers whose key does not begin with "`epoch`/" have ended.
struct EpochStarted {
  static constexpr std::string_view kind = "epoch_started";
  std::string epoch;
};
BOOST_DESCRIBE_STRUCT(EpochStarted, (), (epoch))

// How the source itself fares.
struct SourceHealth {
  static constexpr std::string_view kind = "source_health";
  ServerFacts server;
};
BOOST_DESCRIBE_STRUCT(SourceHealth, (), (server))

// Who looks at a server from outside: said by a watched service that looks after another source's peers, beside that
// source's own health. Replaces what was said before.
struct WitnessesTold {
  static constexpr std::string_view kind = "witnesses_told";
  std::vector<WitnessFacts> witnesses;
  std::vector<InterfaceFacts> interfaces;
};
BOOST_DESCRIBE_STRUCT(WitnessesTold, (), (witnesses, interfaces))

// An agent inside a tunnel reported. The source is the hub's journal: `sequence` is Heartbeat::number, `boot` the
// journal's, so that what was accepted and not yet stored is recognised when it is read from there again.
struct HeartbeatSeen {
  static constexpr std::string_view kind = "heartbeat_seen";
  Heartbeat heartbeat;
};
BOOST_DESCRIBE_STRUCT(HeartbeatSeen, (), (heartbeat))

struct CanaryAsked {
  static constexpr std::string_view kind = "canary_asked";
  CanarySighting sighting;
};
BOOST_DESCRIBE_STRUCT(CanaryAsked, (), (sighting))

using Fact =
    std::variant<PeerSeen, PeerGone, PeersListed, EpochStarted, SourceHealth, PeerFinal, PeerEnding, LoginRefused,
                 CommandDone, PeersMoved, PeersJudged, AttemptsCounted, WitnessesTold, HeartbeatSeen, CanaryAsked>;

// `boot` changes when the source's process starts again; `sequence` counts from 1 within it. Together they let a
// repeated delivery be recognised.
struct Observation {
  SourceId source;
  std::uint64_t boot = 0;
  std::uint64_t sequence = 0;
  base::Time at{};
  Fact fact;
};
BOOST_DESCRIBE_STRUCT(Observation, (), (source, boot, sequence, at, fact))

}  // namespace davylamp::model
