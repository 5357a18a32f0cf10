#include "api/answer.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"
#include "api/scoped_routes.hpp"
#include "api/view_summary.hpp"

namespace davylamp::api {
namespace {

using base::Seconds;

struct DayQuery {
  base::Time since{};
  base::Time now{};
  std::vector<std::string> servers;
};

struct DayAnswer {
  contract::Totals today;
  std::optional<DayBefore> before;
};

// The minute that is now, a day ago.
std::optional<DayBefore> read_day_before(contract::StoreReader& reader, const DayQuery& query) {
  contract::HistoryQuery history;
  history.from = base::floor_to(query.now - Seconds(86'400), Seconds(60));
  history.to = history.from + Seconds(60);
  history.step_seconds = 60;
  history.servers = query.servers;
  for (const auto& point : reader.history(history).points) {
    if (point.at != history.from) continue;
    return DayBefore{point.sessions, std::nullopt, point.rx_bytes * 8 / 60, point.tx_bytes * 8 / 60};
  }
  return std::nullopt;
}

}  // namespace

io::Task<Response> get_stats(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto now = resources.clock.now();
  DayQuery query{base::floor_to(now, Seconds(86'400)), now, servers_for(resources, call, parameters.list("server"))};
  const auto latest = static_cast<std::uint64_t>(base::to_unix_seconds(now));
  if (const auto since = parameters.number("since", {0, latest})) {
    query.since = base::from_unix_seconds(static_cast<std::int64_t>(*since));
  }
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  const auto day = co_await resources.reader.call([query](contract::StoreReader& reader) {
    return DayAnswer{reader.totals(query.since, query.now, query.servers), read_day_before(reader, query)};
  });
  auto stats = summarise(resources.view, query.servers);
  stats.at = now;
  stats.today = {day.today.rx_bytes, day.today.tx_bytes, day.today.sessions, query.since};
  stats.day_before = day.before;
  co_return json_response(stats);
}

io::Task<Response> get_map(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto servers = servers_for(resources, call, parameters.list("server"));
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  co_return json_response(map_of(resources.view, servers));
}

}  // namespace davylamp::api
