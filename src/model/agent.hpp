// An agent as the hub sees it: what operators expect of its tunnel, and what is true of it now.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/heartbeat.hpp"

namespace davylamp::model {

// How IPv6 is to leave the agent's host.
enum class Ipv6Policy {
  sealed,  // through the tunnel's exit, or not at all
  none,    // not at all: any public IPv6 address is a leak
  ignored,
};
BOOST_DESCRIBE_ENUM(Ipv6Policy, sealed, none, ignored)

// What a tunnel's exit may be. Empty lists allow everything; with `learned` the exit's country and network (AS) that
// were seen first, undisturbed, for the learning time are what is expected where nothing is written.
struct ExitExpectation {
  std::vector<std::string> countries;  // ISO 3166-1 alpha-2
  std::vector<std::uint32_t> asns;
  std::vector<std::string> networks;  // CIDR
  bool learned = true;
  bool operator==(const ExitExpectation&) const = default;
};
BOOST_DESCRIBE_STRUCT(ExitExpectation, (), (countries, asns, networks, learned))

// Whom the tunnel's resolver may be. A resolver is expected when it is in one of `networks` or `asns`, or is in the
// exit's country or network while `tolerance` allows it.
enum class DnsTolerance {
  strict,   // only what is listed, or the exit's own network (AS)
  country,  // ... or the exit's country (DNS_LEAK_TOLERANCE's default)
  listed,   // ... or a listed country
  off,      // no verdict
};
BOOST_DESCRIBE_ENUM(DnsTolerance, strict, country, listed, off)

struct ResolverExpectation {
  DnsTolerance tolerance = DnsTolerance::country;
  std::vector<std::string> countries;
  std::vector<std::uint32_t> asns;
  std::vector<std::string> networks;  // CIDR
  bool operator==(const ResolverExpectation&) const = default;
};
BOOST_DESCRIBE_STRUCT(ResolverExpectation, (), (tolerance, countries, asns, networks))

// What operators lay down about one agent. `site`: agents of one site share a fate and their real addresses.
struct AgentSettings {
  std::string name;  // [A-Za-z0-9._-]{1,100}
  std::string site;
  std::string label;                    // "WireGuard", "OpenVPN": for people
  std::uint32_t interval_seconds = 60;  // what the agent itself says wins
  std::uint32_t grace_seconds = 0;      // after the deadline it is late, after this down; 0: twice the interval
  ExitExpectation exit;
  ResolverExpectation resolver;
  Ipv6Policy ipv6 = Ipv6Policy::sealed;
  std::vector<std::string> real_networks;  // CIDR: the site's addresses outside the tunnel
  std::uint32_t learning_heartbeats = 5;   // as many that agree make an expectation
  bool paused = false;                     // no deadline, no verdict
  bool operator==(const AgentSettings&) const = default;
};
BOOST_DESCRIBE_STRUCT(AgentSettings, (),
                      (name, site, label, interval_seconds, grace_seconds, exit, resolver, ipv6, real_networks,
                       learning_heartbeats, paused))

// How it stands with its deadline.
enum class Presence { waiting, alive, late, down, paused };
BOOST_DESCRIBE_ENUM(Presence, waiting, alive, late, down, paused)

// Everything that can be wrong with an agent's tunnel.
enum class FindingKind {
  bypass,           // the exit is a known real address of the site
  dns_leak,         // a resolver outside what is expected
  ipv6_leak,        // IPv6 leaves beside the tunnel
  unexpected_exit,  // the exit is not where it should be
  exit_changed,     // another address than before, still where it may be
  tunnel_down,      // the agent is alive and says that its tunnel is not
  failed,           // it reported a failure itself
  degraded,         // loss or latency beyond what it has had
  disagreement,     // the look-ups contradict each other
  clock,            // its clock is off by more than a minute
};
BOOST_DESCRIBE_ENUM(FindingKind, bypass, dns_leak, ipv6_leak, unexpected_exit, exit_changed, tunnel_down, failed,
                    degraded, disagreement, clock)

// One line of evidence: what was looked at, what it said, and whether that is as it should be.
struct EvidenceLine {
  std::string what;   // "exit v4", "resolver", "canary 1 of 3", "default route"
  std::string value;  // "203.0.113.53", hostile
  std::optional<Place> place;
  bool as_expected = true;
  std::string text;  // a plain sentence in English
  bool operator==(const EvidenceLine&) const = default;
};
BOOST_DESCRIBE_STRUCT(EvidenceLine, (), (what, value, place, as_expected, text))

// `since_at`: of the heartbeat that showed it first. `text`: one sentence, the reason.
struct Finding {
  FindingKind kind = FindingKind::failed;
  base::Time since_at{};
  base::Time last_at{};
  std::string text;
  std::vector<EvidenceLine> evidence;
  bool operator==(const Finding&) const = default;
};
BOOST_DESCRIBE_STRUCT(Finding, (), (kind, since_at, last_at, text, evidence))

// The one word for an agent, the worst thing that is true. `alive`: it reports, and knows nothing of its exit.
enum class Verdict { waiting, learning, sealed, degraded, late, silent, leaking, paused, alive };
BOOST_DESCRIBE_ENUM(Verdict, waiting, learning, sealed, degraded, late, silent, leaking, paused, alive)

// Where traffic leaves, in one family.
struct AgentExit {
  std::optional<Address> address;
  std::optional<Place> place;
  std::uint32_t agreeing = 0;
  std::uint32_t answered = 0;
  base::Time since_at{};
  bool operator==(const AgentExit&) const = default;
};
BOOST_DESCRIBE_STRUCT(AgentExit, (), (address, place, agreeing, answered, since_at))

// One look at the path, for the sparklines: newest last.
struct PathPoint {
  base::Time at{};
  std::optional<double> latency_milliseconds;
  std::optional<double> jitter_milliseconds;
  std::optional<double> loss;  // 0 to 1
  std::uint64_t rx_bps = 0;
  std::uint64_t tx_bps = 0;
  bool operator==(const PathPoint&) const = default;
};
BOOST_DESCRIBE_STRUCT(PathPoint, (), (at, latency_milliseconds, jitter_milliseconds, loss, rx_bps, tx_bps))

// What was learned where nothing is written, and how far learning is.
struct Learned {
  std::vector<std::string> countries;
  std::vector<std::uint32_t> asns;
  std::vector<std::string> resolver_networks;  // CIDR: those that were seen while learning
  std::uint32_t heartbeats = 0;                // that agreed, in a row
  bool done = false;
  bool operator==(const Learned&) const = default;
};
BOOST_DESCRIBE_STRUCT(Learned, (), (countries, asns, resolver_networks, heartbeats, done))

// What a heartbeat says of the tunnel at its time.
enum class RunState { up, leaking, down };
BOOST_DESCRIBE_ENUM(RunState, up, leaking, down)

// Heartbeats in a row of one state, the first at `begin`, the last at `last`. The last one vouches for its interval;
// when the next comes within `bridge_seconds`, for the time until then.
struct AgentRun {
  base::Time begin{};
  base::Time last{};
  std::uint32_t vouch_seconds = 60;
  std::uint32_t bridge_seconds = 180;
  RunState state = RunState::up;
  bool operator==(const AgentRun&) const = default;
};
BOOST_DESCRIBE_STRUCT(AgentRun, (), (begin, last, vouch_seconds, bridge_seconds, state))

// Of this time nothing is known, unless a heartbeat tells it: the hub was not there, or nobody was expected to report.
struct UnknownSpan {
  base::Time begin{};
  base::Time end{};
  bool operator==(const UnknownSpan&) const = default;
};
BOOST_DESCRIBE_STRUCT(UnknownSpan, (), (begin, end))

// An address of the site outside its tunnels: the agent was seen there while its tunnel was down.
struct RealAddress {
  Address address;
  std::optional<Place> place;
  base::Time at{};
  bool operator==(const RealAddress&) const = default;
};
BOOST_DESCRIBE_STRUCT(RealAddress, (), (address, place, at))

// What the hub must remember of an agent across a restart and nobody else needs: left out of pages and live frames.
struct AgentMemory {
  std::vector<AgentRun> runs;        // in order of time, those of about the last day
  std::vector<UnknownSpan> unknown;  // in order of time
  base::Time settled_until{};        // hours before this are never written again
  base::Time known_until{};          // up to here the hours that were written are reckoned
  std::optional<base::Time> paused_since;
  std::vector<RealAddress> real_addresses;  // at most 8, newest last
  bool tunnel_seen = false;                 // it once had a tunnel interface that was up
  bool tail_down = false;                   // it went down since the last heartbeat in `runs`
  std::optional<AgentExit> good_v4;         // the last exit with which nothing was wrong
  std::optional<AgentExit> good_v6;
  std::optional<LinkReport> counted;  // bytes up to here are in the hours
  base::Time counted_at{};
  bool operator==(const AgentMemory&) const = default;
};
BOOST_DESCRIBE_STRUCT(AgentMemory, (),
                      (runs, unknown, settled_until, known_until, paused_since, real_addresses, tunnel_seen, tail_down,
                       good_v4, good_v6, counted, counted_at))

struct Agent {
  static constexpr std::size_t most_points = 60;
  AgentSettings settings;
  Presence presence = Presence::waiting;
  Verdict verdict = Verdict::waiting;
  std::string sentence;  // "Sealed", "Leaking DNS: ...": plain English
  base::Time verdict_since_at{};
  std::optional<base::Time> first_heard_at;
  std::optional<base::Time> last_heard_at;  // by the hub's clock
  std::optional<base::Time> due_at;         // the next heartbeat's deadline
  std::uint32_t interval_seconds = 60;      // in force
  HeartbeatKind reports_as = HeartbeatKind::ping;
  std::optional<std::string> version;
  std::optional<AgentExit> exit_v4;
  std::optional<AgentExit> exit_v6;
  std::vector<EvidenceLine> resolvers;
  std::vector<EvidenceLine> evidence;  // the newest report's other lines: exits, connection, default route
  std::vector<Finding> findings;
  std::vector<PathPoint> points;
  std::optional<LinkReport> link;
  std::optional<Heartbeat> last;  // whole, for the evidence drawer
  Learned learned;
  std::uint64_t heartbeats = 0;  // since it was registered
  std::uint64_t late_heartbeats = 0;
  AgentMemory memory;
  bool operator==(const Agent&) const = default;
};
BOOST_DESCRIBE_STRUCT(Agent, (),
                      (settings, presence, verdict, sentence, verdict_since_at, first_heard_at, last_heard_at, due_at,
                       interval_seconds, reports_as, version, exit_v4, exit_v6, resolvers, evidence, findings, points,
                       link, last, learned, heartbeats, late_heartbeats, memory))

// An agent's hour, the one that starts at `at`, absolute: it replaces what is stored. Seconds of which nothing is known
// (before the first heartbeat, while paused, while the hub itself was not there) are in neither sum.
struct AgentHour {
  static constexpr std::size_t buckets = 24;
  std::string agent;
  base::Time at{};
  std::uint32_t up_seconds = 0;
  std::uint32_t down_seconds = 0;
  std::uint32_t leaking_seconds = 0;  // part of up_seconds
  std::uint32_t heartbeats = 0;
  std::uint32_t probes_sent = 0;
  std::uint32_t probes_received = 0;
  std::vector<std::uint32_t> latency_counts;  // by bucket: [0,1), [1,1.5), ... milliseconds, growing by half
  std::vector<std::uint32_t> jitter_counts;
  std::optional<std::string> exit_country;  // that most heartbeats of the hour had
  std::optional<std::uint32_t> exit_asn;
  std::optional<std::string> exit_network;  // the AS's name
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  bool operator==(const AgentHour&) const = default;
};
BOOST_DESCRIBE_STRUCT(AgentHour, (),
                      (agent, at, up_seconds, down_seconds, leaking_seconds, heartbeats, probes_sent, probes_received,
                       latency_counts, jitter_counts, exit_country, exit_asn, exit_network, rx_bytes, tx_bytes))

// What lets an agent in: only the hash is kept (SHA-256 of 32 random bytes as text). A one-time token is exchanged by
// the agent for its own at its first call.
struct AgentToken {
  std::string agent;
  std::string token_hash;
  bool one_time = false;
  base::Time created_at{};
  std::optional<base::Time> expires_at;
  std::optional<base::Time> used_at;
  bool operator==(const AgentToken&) const = default;
};
BOOST_DESCRIBE_STRUCT(AgentToken, (), (agent, token_hash, one_time, created_at, expires_at, used_at))

}  // namespace davylamp::model
