// Where traffic leaves, and whether that is where it should. Each rule looks at one heartbeat; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/agents/expectations.hpp"
#include "core/agents/findings.hpp"

namespace davylamp::core {

struct ExitLook {
  const model::Heartbeat& heartbeat;
  const model::AgentSettings& settings;
  const Expectations& expected;
  const model::Learned& learned;
  const Site& real;
};

// The agreed address of one family.
struct ExitSeen {
  model::Address address;
  model::Place place;
  bool credible = false;  // two look-ups, the connection itself or the routing table say so too
};
std::optional<ExitSeen> exit_v4(const model::Heartbeat& heartbeat);
std::optional<ExitSeen> exit_v6(const model::Heartbeat& heartbeat);

// What is written; else what was learned, once that is done.
bool exit_is_written(const model::ExitExpectation& expectation);
// Why this exit is not where it should be: a clause ("in Germany, where Romania is expected"); empty when it is, or
// when nobody can tell.
std::string why_unexpected(const ExitLook& look, const ExitSeen& exit);

std::optional<Shown> bypass(const ExitLook& look);
std::optional<Shown> unexpected_exit(const ExitLook& look);
std::optional<Shown> ipv6_leak(const ExitLook& look);
// `tunnel_seen`: the agent has had a tunnel interface before, so that its absence says something.
std::optional<Shown> tunnel_down(const ExitLook& look, bool tunnel_seen);
// The look-ups contradict each other.
std::optional<Shown> disagreement(const model::Heartbeat& heartbeat);
Shown exit_changed(const model::AgentExit& before, const ExitSeen& after);

// Exits, connection and default routes, as they are.
std::vector<model::EvidenceLine> exit_evidence(const ExitLook& look);

}  // namespace davylamp::core
