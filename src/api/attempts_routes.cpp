#include "api/answer.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"
#include "api/scoped_routes.hpp"

namespace davylamp::api {

io::Task<Response> get_attempts(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  contract::AttemptQuery query;
  const auto hours = parameters.number("hours", {1, 24 * 31}).value_or(24);
  query.from = resources.clock.now() - std::chrono::hours(hours);
  query.servers = servers_for(resources, call, parameters.list("server"));
  if (!parameters.text("outcome").empty()) query.outcome = parameters.one_of("outcome", model::AttemptOutcome::refused);
  query.sort = parameters.one_of("sort", contract::AttemptSort::count);
  query.limit = parameters.number("limit", {1, 1000}).value_or(100);
  if (auto cursor = parameters.text("cursor"); !cursor.empty()) query.cursor = std::move(cursor);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  contract::AttemptPage page;
  try {
    page = co_await resources.reader.call([query](contract::StoreReader& reader) { return reader.attempts(query); });
  } catch (const base::Failure& failure) {
    if (failure.error().code != "bad_cursor") throw;
    parameters.complain("cursor", "is not a cursor that this server made for this list");
  }
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  co_return json_response(page);
}

}  // namespace davylamp::api
