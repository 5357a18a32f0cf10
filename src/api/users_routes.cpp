#include <algorithm>
#include <unordered_map>

#include "api/answer.hpp"
#include "api/dto/details.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"
#include "api/scoped_routes.hpp"
#include "api/scoped_users.hpp"
#include "api/user_record.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

constexpr std::size_t most_sessions = 50;

struct StoredUser {
  std::optional<contract::UserRow> row;
  std::vector<model::Session> closed;
  contract::TrafficSeries traffic;
};

struct Span {
  base::Time from{};
  base::Time to{};
};

// What is kept of a user on some servers: the totals and the traffic are of all servers, and left out.
StoredUser read_seen_user(contract::StoreReader& reader, const std::string& name,
                          const std::vector<std::string>& servers) {
  contract::SessionQuery query;
  query.users = {name};
  query.servers = servers;
  query.limit = most_sessions;
  StoredUser stored;
  stored.closed = reader.closed_sessions(query).items;
  return stored;
}

StoredUser read_user(contract::StoreReader& reader, const std::string& name, const Span& span) {
  StoredUser stored;
  stored.row = reader.user(name);
  contract::SessionQuery query;
  query.users = {name};
  query.limit = most_sessions;
  stored.closed = reader.closed_sessions(query).items;
  stored.traffic = reader.user_traffic(name, span.from, span.to);
  return stored;
}

std::vector<model::Session> open_sessions_of(const LiveView& view, const Scope& scope, const std::string& name) {
  std::vector<model::Session> sessions;
  for (const auto& [id, session] : view.sessions()) {
    if (session.user == name && scope.sees(session.server)) sessions.push_back(session);
  }
  std::ranges::sort(sessions, std::greater{}, &model::Session::opened_at);
  return sessions;
}

// A user whose first session is too new to be in the store, or who is known by limits alone.
contract::UserRow row_of(const std::string& name, const std::vector<model::Session>& open) {
  contract::UserRow row;
  row.user = name;
  if (open.empty()) return row;
  row.sessions = open.size();
  row.first_seen_at = open.back().opened_at;
  row.country_code = open.front().place ? open.front().place->country_code : std::nullopt;
  for (const auto& session : open) {
    row.rx_bytes += session.rx_bytes;
    row.tx_bytes += session.tx_bytes;
    row.last_seen_at = std::max(row.last_seen_at, session.last_seen_at);
  }
  return row;
}

bool is_subject(const model::Limits& limits, const std::string& name) {
  return std::ranges::any_of(limits.limits, [&](const auto& limit) {
    return limit.subject_kind == model::LimitSubject::user && limit.subject == name;
  });
}

// By the newest sessions on the servers that the caller sees; totals are of these sessions.
io::Task<Response> get_seen_users(Resources& resources, const Call& call, contract::UserQuery query) {
  contract::SessionQuery closed;
  closed.servers = servers_for(resources, call, {});
  closed.limit = 10'000;
  auto page = co_await resources.reader.call(
      [&closed](contract::StoreReader& reader) { return reader.closed_sessions(closed); });
  for (const auto& [id, session] : resources.view.sessions()) {
    if (call.scope.sees(session.server)) page.items.push_back(session);
  }
  co_return json_response(users_of(page.items, query));
}

io::Task<Response> get_seen_user(Resources& resources, const Call& call) {
  const auto& name = call.parameter();
  auto stored = co_await resources.reader.call(
      [&name, servers = servers_for(resources, call, {})](contract::StoreReader& reader) {
        return read_seen_user(reader, name, servers);
      });
  UserDetail detail;
  detail.sessions = open_sessions_of(resources.view, call.scope, name);
  std::ranges::move(stored.closed, std::back_inserter(detail.sessions));
  if (detail.sessions.empty()) {
    co_return refusal_response(call.request, {404, "not-found", "No session of this VPN user is known.", std::nullopt});
  }
  detail.user = users_of(detail.sessions, {}).items.front();
  if (detail.sessions.size() > most_sessions) detail.sessions.resize(most_sessions);
  co_return json_response(detail);
}

}  // namespace

io::Task<Response> get_users(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  contract::UserQuery query;
  query.text = parameters.text("q");
  query.limit = parameters.number("limit", {1, 1000}).value_or(100);
  if (const auto sort = parameters.sort<contract::UserSort>()) {
    query.sort = sort->first;
    query.direction = sort->second;
  }
  if (auto cursor = parameters.text("cursor"); !cursor.empty()) query.cursor = std::move(cursor);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  if (!call.scope.is_everything()) co_return co_await get_seen_users(resources, call, query);
  contract::UserPage page;
  try {
    page = co_await resources.reader.call([query](contract::StoreReader& reader) { return reader.users(query); });
  } catch (const base::Failure& failure) {
    if (failure.error().code != "bad_cursor") throw;
    parameters.complain("cursor", "is not a cursor that this server made for this list");
  }
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  std::unordered_map<std::string_view, std::uint64_t> open;
  for (const auto& [id, session] : resources.view.sessions()) ++open[session.user];
  for (auto& row : page.items) {
    const auto found = open.find(row.user);
    row.open_sessions = found == open.end() ? 0 : found->second;
  }
  co_return json_response(page);
}

io::Task<Response> get_user(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto hours = parameters.number("hours", {1, 24 * 366}).value_or(24 * 7);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  if (!call.scope.is_everything()) co_return co_await get_seen_user(resources, call);
  const auto& name = call.parameter();
  const auto now = resources.clock.now();
  const Span span{now - std::chrono::hours(hours), now};
  auto stored = co_await resources.reader.call(
      [name, span](contract::StoreReader& reader) { return read_user(reader, name, span); });
  const auto limits = co_await resources.limits.call([](contract::LimitStore& store) { return store.limits(); });
  UserDetail detail;
  detail.sessions = open_sessions_of(resources.view, call.scope, name);
  detail.block = block_of(limits, name);
  detail.groups = groups_of(limits, name);
  detail.quotas = quotas_of(resources.view, name, detail.groups);
  const bool laid_down = detail.block || !detail.groups.empty() || is_subject(limits, name);
  if (!stored.row && detail.sessions.empty() && !laid_down) {
    co_return refusal_response(call.request, {404, "not-found", "No session of this VPN user is known.", std::nullopt});
  }
  detail.user = stored.row ? std::move(*stored.row) : row_of(name, detail.sessions);
  detail.user.open_sessions = detail.sessions.size();
  std::ranges::move(stored.closed, std::back_inserter(detail.sessions));
  if (detail.sessions.size() > most_sessions) detail.sessions.resize(most_sessions);
  detail.traffic = std::move(stored.traffic);
  co_return json_response(detail);
}

}  // namespace davylamp::api
