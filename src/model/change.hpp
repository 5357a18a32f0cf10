// What happened to our state: the only messages from process to serve.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "model/event.hpp"
#include "model/server.hpp"
#include "model/session.hpp"

namespace davylamp::model {

struct SessionOpened {
  static constexpr std::string_view kind = "session_opened";
  Session session;
};
BOOST_DESCRIBE_STRUCT(SessionOpened, (), (session))

// Counters and rates moved. `facts` is the whole session when anything else changed too (roamed, late facts).
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

using Change = std::variant<SessionOpened, SessionUpdated, SessionClosed, ServerChanged, EventHappened>;

}  // namespace davylamp::model
