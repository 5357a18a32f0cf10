// Something worth telling a person: a line of the event feed.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "model/place.hpp"
#include "model/session.hpp"

namespace davylamp::model {

enum class EventKind {
  session_opened,
  session_closed,
  session_roamed,
  server_state,
  quota_near,     // a threshold was passed
  quota_reached,  // the user is stopped
  quota_reset,    // a new period, a reset or a grant: the user may come back
  user_blocked,
  user_unblocked,
  login_refused,
  user_returns,  // one who is refused comes back again and again
};
BOOST_DESCRIBE_ENUM(EventKind, session_opened, session_closed, session_roamed, server_state, quota_near, quota_reached,
                    quota_reset, user_blocked, user_unblocked, login_refused, user_returns)

// `id` grows with time and is unique in this installation.
struct Event {
  std::uint64_t id = 0;
  base::Time at{};
  EventKind kind = EventKind::session_opened;
  std::string server;
  std::optional<std::string> user;
  std::optional<SessionId> session_id;
  std::string text;  // a plain sentence
  std::optional<Place> place;
  bool operator==(const Event&) const = default;
};
BOOST_DESCRIBE_STRUCT(Event, (), (id, at, kind, server, user, session_id, text, place))

}  // namespace davylamp::model
