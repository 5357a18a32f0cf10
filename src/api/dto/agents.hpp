// What is asked and answered about agents.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/dto/named_copy.hpp"
#include "model/agent.hpp"
#include "model/agent_history.hpp"

namespace davylamp::api {

// A model::Agent without what only the hub needs; `last` is there when one agent is asked for.
struct AgentView {
  model::AgentSettings settings;
  model::Presence presence = model::Presence::waiting;
  model::Verdict verdict = model::Verdict::waiting;
  std::string sentence;
  base::Time verdict_since_at{};
  std::optional<base::Time> first_heard_at;
  std::optional<base::Time> last_heard_at;
  std::optional<base::Time> due_at;
  std::uint32_t interval_seconds = 60;
  model::HeartbeatKind reports_as = model::HeartbeatKind::ping;
  std::optional<std::string> version;
  std::optional<model::AgentExit> exit_v4;
  std::optional<model::AgentExit> exit_v6;
  std::vector<model::EvidenceLine> resolvers;
  std::vector<model::EvidenceLine> evidence;
  std::vector<model::Finding> findings;
  std::vector<model::PathPoint> points;
  std::optional<model::LinkReport> link;
  std::optional<model::Heartbeat> last;
  model::Learned learned;
  std::uint64_t heartbeats = 0;
  std::uint64_t late_heartbeats = 0;
};
BOOST_DESCRIBE_STRUCT(AgentView, (),
                      (settings, presence, verdict, sentence, verdict_since_at, first_heard_at, last_heard_at, due_at,
                       interval_seconds, reports_as, version, exit_v4, exit_v6, resolvers, evidence, findings, points,
                       link, last, learned, heartbeats, late_heartbeats))

inline AgentView agent_view(const model::Agent& agent) {
  return copy_named<AgentView>(agent);
}

struct AgentList {
  std::vector<AgentView> items;
};
BOOST_DESCRIBE_STRUCT(AgentList, (), (items))

struct AgentDetail {
  AgentView agent;
  model::AgentHistory history;
};
BOOST_DESCRIBE_STRUCT(AgentDetail, (), (agent, history))

// The body of POST /agents/{name}/token. A one-time token is exchanged by the agent for its own, within a day.
struct TokenRequest {
  bool one_time = false;
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(TokenRequest, (), (one_time, reason))

// Said once: only its hash is kept.
struct IssuedToken {
  std::string token;
  std::optional<base::Time> expires_at;
};
BOOST_DESCRIBE_STRUCT(IssuedToken, (), (token, expires_at))

struct ExitList {
  std::vector<model::ExitComparison> items;
};
BOOST_DESCRIBE_STRUCT(ExitList, (), (items))

}  // namespace davylamp::api
