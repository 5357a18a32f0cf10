// The messages of the live socket.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/dto/agents.hpp"
#include "api/dto/limits.hpp"
#include "model/event.hpp"
#include "model/house_job.hpp"
#include "model/incident.hpp"
#include "model/quota.hpp"
#include "model/server.hpp"
#include "model/session.hpp"

namespace davylamp::api {

// Numbers of an open session; the optional members come when one of them changed (roamed, or learnt late).
struct SessionUpdate {
  model::SessionId id = 0;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t rx_bps = 0;
  std::uint64_t tx_bps = 0;
  base::Time last_seen_at{};
  std::optional<model::Address> real_address;
  std::optional<std::uint16_t> real_port;
  std::optional<model::Place> place;
  std::optional<std::string> user;
  std::optional<model::Address> virtual_address;
  std::optional<model::Address> virtual_address6;
  std::optional<std::string> cipher;
  std::optional<model::Evidence> evidence;
  std::optional<model::Quality> quality;
  std::optional<std::uint32_t> flows;
};
BOOST_DESCRIBE_STRUCT(SessionUpdate, (),
                      (id, rx_bytes, tx_bytes, rx_bps, tx_bps, last_seen_at, real_address, real_port, place, user,
                       virtual_address, virtual_address6, cipher, evidence, quality, flows))

struct SessionEnd {
  model::SessionId id = 0;
  base::Time closed_at{};
  model::EndReason end_reason = model::EndReason::unknown;
  bool final = false;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(SessionEnd, (), (id, closed_at, end_reason, final, rx_bytes, tx_bytes))

// Everything, as of frame `number`.
struct SnapshotFrame {
  static constexpr std::string_view kind = "snapshot";
  std::uint64_t number = 0;
  base::Time at{};
  std::vector<model::Session> sessions;
  std::vector<model::Server> servers;
  std::vector<model::Event> events;  // newest first
  std::vector<model::Quota> quotas;
  std::vector<model::HouseJob> jobs;
  std::vector<AgentView> agents;           // without `last`
  std::vector<model::Incident> incidents;  // that are open, and those resolved within the last day
};
BOOST_DESCRIBE_STRUCT(SnapshotFrame, (), (number, at, sessions, servers, events, quotas, jobs, agents, incidents))

// What changed since frame `number - 1`, to be applied in this order. Applying a change twice changes nothing. Empty
// lists are left out.
struct ChangesFrame {
  static constexpr std::string_view kind = "changes";
  std::uint64_t number = 0;
  base::Time at{};
  std::optional<std::vector<model::Session>> opened;
  std::optional<std::vector<SessionUpdate>> updated;
  std::optional<std::vector<SessionEnd>> closed;
  std::optional<std::vector<model::Server>> servers;
  std::optional<std::vector<model::Event>> events;
  std::optional<std::vector<model::Quota>> quotas;
  std::optional<std::vector<QuotaKey>> quotas_gone;
  std::optional<std::vector<model::HouseJob>> jobs;
  std::optional<std::vector<AgentView>> agents;
  std::optional<std::vector<std::string>> agents_gone;
  std::optional<std::vector<model::Incident>> incidents;
};
BOOST_DESCRIBE_STRUCT(ChangesFrame, (),
                      (number, at, opened, updated, closed, servers, events, quotas, quotas_gone, jobs, agents,
                       agents_gone, incidents))

using LiveFrame = std::variant<SnapshotFrame, ChangesFrame>;

// A viewer asks for a fresh snapshot.
struct SnapshotRequest {
  static constexpr std::string_view kind = "snapshot";
};
BOOST_DESCRIBE_STRUCT(SnapshotRequest, (), ())
using ViewerMessage = std::variant<SnapshotRequest>;

}  // namespace davylamp::api
