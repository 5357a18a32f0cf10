#include <algorithm>

#include "api/answer.hpp"
#include "api/dto/details.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"
#include "api/scoped_routes.hpp"

namespace davylamp::api {
namespace {

// Fine enough to look at, coarse enough to draw: at most 744 points up to a month.
std::uint64_t step_for(std::uint64_t hours) {
  if (hours <= 6) return 60;
  if (hours <= 48) return 300;
  return hours <= 31 * 24 ? 3600 : 86'400;
}

struct BothSpans {
  contract::HistorySeries now;
  contract::HistorySeries before;
};

}  // namespace

io::Task<Response> get_history(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto hours = parameters.number("hours", {1, 24 * 366 * 3}).value_or(24);
  contract::HistoryQuery query;
  query.servers = servers_for(resources, call, parameters.list("server"));
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  query.step_seconds = step_for(hours);
  query.to = resources.clock.now();
  // Whole steps, the one that is under way among them.
  const base::Seconds step(query.step_seconds);
  query.from = base::floor_to(query.to, step) + step - std::max<base::Seconds>(std::chrono::hours(hours), step);
  auto before = query;
  const auto back = std::chrono::hours((hours + 23) / 24 * 24);
  before.from -= back;
  before.to -= back;
  auto both = co_await resources.reader.call([query, before](contract::StoreReader& reader) {
    return BothSpans{reader.history(query), reader.history(before)};
  });
  co_return json_response(History{query.step_seconds, std::move(both.now.points), std::move(both.before.points)});
}

}  // namespace davylamp::api
