#include "api/answer.hpp"
#include "api/dto/details.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {

io::Task<Response> get_events(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto limit = parameters.number("limit", {1, 1000}).value_or(100);
  const auto before = parameters.number("before", {1, 1ULL << 53U});
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  EventPage page;
  page.items = co_await resources.reader.call(
      [limit, before](contract::StoreReader& reader) { return reader.events(limit, before); });
  if (page.items.size() == limit) page.next_before = page.items.back().id;
  co_return json_response(page);
}

}  // namespace davylamp::api
