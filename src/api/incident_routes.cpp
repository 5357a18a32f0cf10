// Incidents: what is wrong, what was, and who has taken it.
#include "api/audit_line.hpp"
#include "api/body.hpp"
#include "api/dto/house.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

constexpr std::size_t most_deliveries = 200;

Response no_incident(const Request& request) {
  return refusal_response(request, {404, "not-found", "There is no such incident.", std::nullopt});
}

std::optional<base::Time> moment(Parameters& parameters, const std::string& name) {
  const auto seconds = parameters.number(name, {0, 1ULL << 40U});
  if (!seconds) return std::nullopt;
  return base::from_unix_seconds(static_cast<std::int64_t>(*seconds));
}

contract::IncidentQuery query_of(Parameters& parameters) {
  contract::IncidentQuery query;
  const auto open = parameters.text("open");
  if (open == "true" || open == "false") {
    query.open = open == "true";
  } else if (!open.empty()) {
    parameters.complain("open", "is neither true nor false");
  }
  query.from = moment(parameters, "from");
  query.to = moment(parameters, "to");
  if (!parameters.text("severity").empty()) query.severity = parameters.one_of("severity", model::Severity::notice);
  query.subject = parameters.text("subject");
  query.limit = parameters.number("limit", {1, 1000}).value_or(100);
  if (auto cursor = parameters.text("cursor"); !cursor.empty()) query.cursor = std::move(cursor);
  return query;
}

// `total` counts those of the page: the store is not asked for servers.
contract::IncidentPage seen_incidents(contract::StoreReader& reader, const Scope& scope,
                                      contract::IncidentQuery query) {
  constexpr int most_pages = 20;
  const auto limit = query.limit;
  contract::IncidentPage seen;
  for (int pages = 0; pages < most_pages; ++pages) {
    auto page = reader.incidents(query);
    for (auto& incident : page.items) {
      if (scope.sees(incident)) seen.items.push_back(std::move(incident));
    }
    seen.next_cursor = query.cursor = page.next_cursor;
    if (!page.next_cursor || seen.items.size() >= limit) break;
  }
  seen.total = seen.items.size();
  return seen;
}

}  // namespace

io::Task<Response> get_incidents(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto query = query_of(parameters);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  contract::IncidentPage page;
  try {
    page = co_await resources.reader.call([query, &scope = call.scope](contract::StoreReader& reader) {
      return scope.is_everything() ? reader.incidents(query) : seen_incidents(reader, scope, query);
    });
  } catch (const base::Failure& failure) {
    if (failure.error().code != "bad_cursor") throw;
    parameters.complain("cursor", "is not a cursor that this server made for this list");
  }
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  co_return json_response(page);
}

io::Task<Response> get_incident(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  const auto id = id_of(call.parameter());
  struct Stored {
    std::optional<model::Incident> incident;
    std::vector<model::Delivery> deliveries;
  };
  auto stored = co_await resources.reader.call([id](contract::StoreReader& reader) {
    auto incident = reader.incident(id);
    auto deliveries = incident ? reader.deliveries(id, most_deliveries) : std::vector<model::Delivery>{};
    return Stored{std::move(incident), std::move(deliveries)};
  });
  const auto live = resources.view.incidents().find(id);
  if (live != resources.view.incidents().end()) stored.incident = live->second;
  if (!stored.incident || !call.scope.sees(*stored.incident)) co_return no_incident(call.request);
  IncidentDetail detail{std::move(*stored.incident), {}};
  for (const auto& delivery : stored.deliveries) detail.deliveries.push_back(delivery_view(delivery));
  co_return json_response(detail);
}

// Answers before the process role has noted it: the live stream tells.
io::Task<Response> post_incident_acknowledge(Resources& resources, const Call& call) {
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto found = resources.view.incidents().find(id_of(call.parameter()));
  if (found == resources.view.incidents().end() || !call.scope.sees(found->second)) co_return no_incident(call.request);
  const auto incident = found->second;
  if (incident.state == model::IncidentState::resolved)
    co_return refusal_response(call.request, {409, "resolved", "The incident is over already.", std::nullopt});
  const auto detail = "incident " + std::to_string(incident.id);
  co_await write_audit(resources, call, {"incident_acknowledged", incident.subject, *reason, detail});
  resources.effects.issue({0, resources.clock.now() + base::Seconds(60),
                           model::Acknowledge{.incident_id = incident.id, .by = call.caller->account}});
  auto response = json_response(ActionResult{true, "The incident is yours: it is not said again."});
  response.status = 202;
  co_return response;
}

}  // namespace davylamp::api
