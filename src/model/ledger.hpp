// The rows of the ledger: what the core decides and the store keeps.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/agent.hpp"
#include "model/incident.hpp"
#include "model/observation.hpp"
#include "model/server.hpp"
#include "model/session.hpp"
#include "model/shard.hpp"

namespace davylamp::model {

// A session with what only the tracker needs: the source's key for it.
struct StoredSession {
  SourceId source;
  std::string peer;
  Session session;
};

// Bytes that one session moved within the minute that starts at `at`. Increments: they are added to what is stored,
// once per batch.
struct TrafficIncrement {
  base::Time at{};
  SessionId session_id = 0;
  std::string server;
  std::string user;
  Counters bytes;
};

// A real address that a session was seen at. Widens the stored first/last seen times.
struct EndpointSighting {
  SessionId session_id = 0;
  Endpoint endpoint;
  std::optional<Place> place;
  base::Time first_seen_at{};
  base::Time last_seen_at{};
};

// A server's minute, the one that starts at `at`: the highest number of sessions that were open at once (a maximum) and
// the bytes that all its sessions moved (an increment). Bytes that Davylamp learnt of late (a session older than
// itself, a gap) are spread evenly over the minutes they can have moved in: their sum is exact, their place is a guess.
struct ServerLoad {
  base::Time at{};
  std::string server;
  std::uint64_t sessions = 0;
  Counters bytes;
};

// A row of a source that counts attempts: `attempt.count` is absolute for this number of this boot, the greatest stays.
struct StoredAttempt {
  SourceId source;
  std::uint64_t boot = 0;
  AttemptCount attempt;
};

// The last observation of a source that a batch covers.
struct Cursor {
  SourceId source;
  std::uint64_t boot = 0;
  std::uint64_t sequence = 0;
};
BOOST_DESCRIBE_STRUCT(Cursor, (), (source, boot, sequence))

// What the pipeline must remember across a restart.
struct Checkpoint {
  std::uint64_t last_batch = 0;
  Shard shard;                    // whose this is
  SessionId next_session_id = 1;  // greater than every id that this shard ever stored
  std::uint64_t next_event_id = 1;
  std::vector<StoredSession> open_sessions;
  std::vector<StoredSession> recently_closed;  // within the last hour: a last word may still come
  std::vector<Server> servers;
  std::vector<Cursor> cursors;  // what every batch so far covered
  std::vector<Agent> agents;
  std::vector<AgentHour> agent_hours;  // of the newest 26 hours that are stored of each agent
  std::uint64_t next_incident_id = 1;
  std::uint64_t next_delivery_id = 1;
  std::vector<Incident> incidents;   // that are not resolved, and those resolved within the last day
  std::vector<Delivery> deliveries;  // that are waiting
};

}  // namespace davylamp::model
