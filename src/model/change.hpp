// What happened to our state: the only messages from process to serve.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "model/agent.hpp"
#include "model/event.hpp"
#include "model/house_job.hpp"
#include "model/incident.hpp"
#include "model/observation.hpp"
#include "model/quota.hpp"
#include "model/server.hpp"
#include "model/session.hpp"
#include "model/warning.hpp"

namespace davylamp::model {

struct SessionOpened {
  static constexpr std::string_view kind = "session_opened";
  Session session;
};
BOOST_DESCRIBE_STRUCT(SessionOpened, (), (session))

// The counters and rates of many sessions moved. In order of id, as far as they opened in that order.
struct SessionCounters {
  SessionId id = 0;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t rx_bps = 0;
  std::uint64_t tx_bps = 0;
  base::Time last_seen_at{};
};
BOOST_DESCRIBE_STRUCT(SessionCounters, (), (id, rx_bytes, tx_bytes, rx_bps, tx_bps, last_seen_at))
struct SessionsMoved {
  static constexpr std::string_view kind = "sessions_moved";
  std::vector<SessionCounters> sessions;
};
BOOST_DESCRIBE_STRUCT(SessionsMoved, (), (sessions))

// One session's counters and rates moved. `facts` is the whole session when anything else changed too (roamed, late
// facts, what witnesses say).
struct SessionUpdated {
  static constexpr std::string_view kind = "session_updated";
  SessionId id = 0;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t rx_bps = 0;
  std::uint64_t tx_bps = 0;
  base::Time last_seen_at{};
  std::optional<Session> facts;
};
BOOST_DESCRIBE_STRUCT(SessionUpdated, (), (id, rx_bytes, tx_bytes, rx_bps, tx_bps, last_seen_at, facts))

struct SessionClosed {
  static constexpr std::string_view kind = "session_closed";
  Session session;
};
BOOST_DESCRIBE_STRUCT(SessionClosed, (), (session))

struct ServerChanged {
  static constexpr std::string_view kind = "server_changed";
  Server server;
};
BOOST_DESCRIBE_STRUCT(ServerChanged, (), (server))

struct EventHappened {
  static constexpr std::string_view kind = "event_happened";
  Event event;
};
BOOST_DESCRIBE_STRUCT(EventHappened, (), (event))

struct QuotaChanged {
  static constexpr std::string_view kind = "quota_changed";
  Quota quota;
};
BOOST_DESCRIBE_STRUCT(QuotaChanged, (), (quota))

// The limit was removed, or no longer binds this user.
struct QuotaGone {
  static constexpr std::string_view kind = "quota_gone";
  std::uint64_t limit_id = 0;
  std::string user;
};
BOOST_DESCRIBE_STRUCT(QuotaGone, (), (limit_id, user))

struct JobChanged {
  static constexpr std::string_view kind = "job_changed";
  HouseJob job;
};
BOOST_DESCRIBE_STRUCT(JobChanged, (), (job))

// The losses of one role, all of them.
struct LossesCounted {
  static constexpr std::string_view kind = "losses_counted";
  std::string role;
  std::vector<Loss> losses;
};
BOOST_DESCRIBE_STRUCT(LossesCounted, (), (role, losses))

struct AgentChanged {
  static constexpr std::string_view kind = "agent_changed";
  Agent agent;
};
BOOST_DESCRIBE_STRUCT(AgentChanged, (), (agent))

struct AgentGone {
  static constexpr std::string_view kind = "agent_gone";
  std::string agent;
};
BOOST_DESCRIBE_STRUCT(AgentGone, (), (agent))

// Those that are pending are told too: a page may show what is about to fire.
struct IncidentChanged {
  static constexpr std::string_view kind = "incident_changed";
  Incident incident;
};
BOOST_DESCRIBE_STRUCT(IncidentChanged, (), (incident))

struct DeliveryChanged {
  static constexpr std::string_view kind = "delivery_changed";
  Delivery delivery;
};
BOOST_DESCRIBE_STRUCT(DeliveryChanged, (), (delivery))

// For the rules of alerts.
struct WarningTold {
  static constexpr std::string_view kind = "warning_told";
  Warning warning;
};
BOOST_DESCRIBE_STRUCT(WarningTold, (), (warning))

using Change = std::variant<SessionOpened, SessionUpdated, SessionsMoved, SessionClosed, ServerChanged, EventHappened,
                            QuotaChanged, QuotaGone, JobChanged, LossesCounted, CommandDone, AgentChanged, AgentGone,
                            IncidentChanged, DeliveryChanged, WarningTold>;

}  // namespace davylamp::model
