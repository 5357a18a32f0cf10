#include "api/answer.hpp"
#include "api/dto/details.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

constexpr std::size_t most_looked_at = 20'000;

// The newest events that `scope` sees; the store is not asked for servers, so many may be looked at for few.
std::vector<model::Event> seen_events(contract::StoreReader& reader, const Scope& scope, std::size_t limit,
                                      std::optional<std::uint64_t> before) {
  constexpr std::size_t at_once = 1'000;
  std::vector<model::Event> seen;
  for (std::size_t looked_at = 0; looked_at < most_looked_at; looked_at += at_once) {
    const auto events = reader.events(at_once, before);
    for (const auto& event : events) {
      if (scope.sees(event.server)) seen.push_back(event);
      if (seen.size() == limit) return seen;
    }
    if (events.size() < at_once) break;
    before = events.back().id;
  }
  return seen;
}

}  // namespace

io::Task<Response> get_events(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto limit = parameters.number("limit", {1, 1000}).value_or(100);
  const auto before = parameters.number("before", {1, 1ULL << 53U});
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  EventPage page;
  page.items = co_await resources.reader.call([limit, before, &scope = call.scope](contract::StoreReader& reader) {
    return scope.is_everything() ? reader.events(limit, before) : seen_events(reader, scope, limit, before);
  });
  if (page.items.size() == limit) page.next_before = page.items.back().id;
  co_return json_response(page);
}

}  // namespace davylamp::api
