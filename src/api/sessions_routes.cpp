#include <algorithm>

#include "api/answer.hpp"
#include "api/dto/details.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"
#include "api/scoped_routes.hpp"
#include "api/session_filter.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

enum class StateFilter { open, closed, all };
BOOST_DESCRIBE_ENUM(StateFilter, open, closed, all)

// One cursor over both parts: what it begins with says where it goes on.
constexpr std::string_view open_mark = "o";
constexpr std::string_view closed_mark = "c";

struct Wanted {
  StateFilter state = StateFilter::open;
  contract::SessionQuery open;
  contract::SessionQuery closed;
  bool begins_closed = false;
};

void read_order(Parameters& parameters, Wanted& wanted) {
  wanted.open.sort = contract::SessionSort::tx_bps;
  wanted.closed.sort = contract::SessionSort::closed_at;
  const auto sort = parameters.sort<contract::SessionSort>();
  if (!sort) return;
  wanted.open.sort = wanted.closed.sort = sort->first;
  wanted.open.direction = wanted.closed.direction = sort->second;
}

void read_cursor(Parameters& parameters, Wanted& wanted) {
  const auto cursor = parameters.text("cursor");
  wanted.begins_closed = wanted.state == StateFilter::closed;
  if (cursor.empty()) return;
  const auto rest = cursor.substr(1);
  if (cursor.starts_with(closed_mark) && wanted.state != StateFilter::open) {
    wanted.begins_closed = true;
    if (!rest.empty()) wanted.closed.cursor = rest;
  } else if (cursor.starts_with(open_mark) && wanted.state != StateFilter::closed) {
    wanted.open.cursor = rest;
  } else {
    parameters.complain("cursor", "is not a cursor that this server made for this list");
  }
}

// Who had an address, and when: what an abuse report asks.
void read_moment(Parameters& parameters, contract::SessionQuery& query) {
  if (const auto text = parameters.text("address"); !text.empty()) {
    const auto address = model::Address::parse(text);
    if (address) {
      query.address = *address;
    } else {
      parameters.complain("address", "is not an IP address");
    }
  }
  if (const auto at = parameters.number("at", {0, 253'402'300'799}))
    query.at = base::from_unix_seconds(static_cast<std::int64_t>(*at));
}

Wanted read_wanted(Parameters& parameters) {
  Wanted wanted;
  wanted.state = parameters.one_of("state", StateFilter::open);
  contract::SessionQuery& query = wanted.open;
  query.servers = parameters.list("server");
  if (auto user = parameters.text("user"); !user.empty()) query.users.push_back(std::move(user));
  query.country_codes = parameters.list("country");
  for (auto& code : query.country_codes) {
    std::ranges::transform(code, code.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  }
  query.transports = parameters.list("transport");
  read_moment(parameters, query);
  query.text = parameters.text("q");
  query.limit = parameters.number("limit", {1, 1000}).value_or(100);
  wanted.closed = query;
  read_order(parameters, wanted);
  read_cursor(parameters, wanted);
  return wanted;
}

std::vector<const model::Session*> all_open(const LiveView& view) {
  std::vector<const model::Session*> sessions;
  sessions.reserve(view.sessions().size());
  for (const auto& [id, session] : view.sessions()) sessions.push_back(&session);
  return sessions;
}

io::Task<contract::SessionPage> closed_page(Resources& resources, contract::SessionQuery query) {
  co_return co_await resources.reader.call(
      [query](contract::StoreReader& reader) { return reader.closed_sessions(query); });
}

// The closed part of a list whose open part is `page`. A page is never filled from both unless there is room.
io::Task<contract::SessionPage> add_closed(Resources& resources, contract::SessionPage page, Wanted wanted) {
  const auto room = wanted.closed.limit - page.items.size();
  const bool more_open = page.next_cursor.has_value();
  wanted.closed.limit = more_open || room == 0 ? 1 : room;
  auto closed = co_await closed_page(resources, wanted.closed);
  page.total += closed.total;
  if (more_open) {
    page.next_cursor = std::string(open_mark) + *page.next_cursor;
  } else if (room == 0) {
    if (closed.total > 0) page.next_cursor = std::string(closed_mark);
  } else {
    std::ranges::move(closed.items, std::back_inserter(page.items));
    if (closed.next_cursor) page.next_cursor = std::string(closed_mark) + *closed.next_cursor;
  }
  co_return page;
}

struct StoredDetail {
  std::optional<model::Session> session;
  std::vector<contract::EndpointRow> endpoints;
  contract::TrafficSeries traffic;
  contract::SessionPage past;
};

// `user` is known already when the session is open. Past sessions are those on `servers`.
StoredDetail read_detail(contract::StoreReader& reader, model::SessionId id, std::optional<std::string> user,
                         std::vector<std::string> servers) {
  constexpr std::size_t most_points = 360;
  StoredDetail detail;
  if (!user) {
    detail.session = reader.session(id);
    if (!detail.session) return detail;
    user = detail.session->user;
  }
  detail.endpoints = reader.endpoints(id);
  detail.traffic = reader.session_traffic(id, most_points);
  contract::SessionQuery past;
  past.users = {*user};
  past.servers = std::move(servers);
  past.limit = 21;  // one may be this one
  detail.past = reader.closed_sessions(past);
  return detail;
}

Response no_session(const Call& call) {
  return refusal_response(call.request, {404, "not-found",
                                         "There is no session " + base::printable(call.parameter().substr(0, 40)) +
                                             ", or it is older than sessions are kept.",
                                         std::nullopt});
}

}  // namespace

io::Task<Response> get_sessions(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  auto wanted = read_wanted(parameters);
  wanted.open.servers = wanted.closed.servers = servers_for(resources, call, wanted.open.servers);
  auto open = page_of(all_open(resources.view), wanted.open);
  if (!open) parameters.complain("cursor", open.error().message);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  if (wanted.state == StateFilter::open) {
    if (open->next_cursor) open->next_cursor = std::string(open_mark) + *open->next_cursor;
    co_return json_response(*open);
  }
  contract::SessionPage page;
  if (wanted.state == StateFilter::all) {
    page = std::move(*open);
    if (wanted.begins_closed) {
      page.items.clear();
      page.next_cursor.reset();
    }
  }
  try {
    page = co_await add_closed(resources, std::move(page), wanted);
  } catch (const base::Failure& failure) {
    if (failure.error().code != "bad_cursor") throw;
    parameters.complain("cursor", "is not a cursor that this server made for this list");
  }
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  co_return json_response(page);
}

io::Task<Response> get_session(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  const auto id = base::parse_number<std::uint64_t>(call.parameter());
  if (!id) co_return no_session(call);
  SessionDetail detail;
  std::optional<std::string> user;
  if (const auto* open = resources.view.session(*id)) {
    if (!call.scope.sees(open->server)) co_return no_session(call);
    detail.session = *open;
    user = open->user;
  }
  auto stored = co_await resources.reader.call(
      [id = *id, user, servers = servers_for(resources, call, {})](contract::StoreReader& reader) {
        return read_detail(reader, id, user, servers);
      });
  if (!user && !stored.session) co_return no_session(call);
  if (stored.session && !call.scope.sees(stored.session->server)) co_return no_session(call);
  if (stored.session) detail.session = std::move(*stored.session);
  detail.endpoints = std::move(stored.endpoints);
  detail.traffic = std::move(stored.traffic);
  detail.past_total = stored.past.total;
  for (auto& session : stored.past.items) {
    if (session.id == *id) continue;
    if (detail.past.size() < 20) detail.past.push_back(std::move(session));
  }
  if (detail.session.state == model::SessionState::closed && detail.past_total > 0) --detail.past_total;
  co_return json_response(detail);
}

}  // namespace davylamp::api
