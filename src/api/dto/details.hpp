// One session, one user, all servers, events: answers that are more than a page of rows.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "contract/queries.hpp"
#include "model/event.hpp"
#include "model/limits.hpp"
#include "model/quota.hpp"
#include "model/server.hpp"
#include "model/session.hpp"

namespace davylamp::api {

// `past`: the latest closed sessions of the same user, at most 20, without this one; `past_total` counts all of them.
struct SessionDetail {
  model::Session session;
  std::vector<contract::EndpointRow> endpoints;
  contract::TrafficSeries traffic;
  std::vector<model::Session> past;
  std::uint64_t past_total = 0;
};
BOOST_DESCRIBE_STRUCT(SessionDetail, (), (session, endpoints, traffic, past, past_total))

// `sessions`: open ones first, then the latest closed ones, at most 50. `quotas`: the user's, and those of the user's
// groups as a whole. `groups`: that name the user as a member.
struct UserDetail {
  contract::UserRow user;
  std::vector<model::Session> sessions;
  contract::TrafficSeries traffic;
  std::vector<model::Quota> quotas;
  std::optional<model::Block> block;
  std::vector<std::string> groups;
};
BOOST_DESCRIBE_STRUCT(UserDetail, (), (user, sessions, traffic, quotas, block, groups))

struct ServerList {
  std::vector<model::Server> items;
};
BOOST_DESCRIBE_STRUCT(ServerList, (), (items))

// Newest first. `next_before` is there when older ones may exist.
struct EventPage {
  std::vector<model::Event> items;
  std::optional<std::uint64_t> next_before;
};
BOOST_DESCRIBE_STRUCT(EventPage, (), (items, next_before))

// `previous` is the span before, whole days earlier, with its own times.
struct History {
  std::uint64_t step_seconds = 60;
  std::vector<contract::HistoryPoint> points;
  std::vector<contract::HistoryPoint> previous;
};
BOOST_DESCRIBE_STRUCT(History, (), (step_seconds, points, previous))

}  // namespace davylamp::api
