#include "api/answer.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

// Begun days count: 0 is kept for ever.
std::uint64_t days(base::Seconds span) {
  constexpr std::int64_t day = 86'400;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, (span.count() + day - 1) / day));
}

}  // namespace

io::Task<Response> get_privacy(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  const auto& facts = resources.privacy;
  const auto& kept = facts.retention;
  co_return json_response(Privacy{facts.mode,
                                  facts.statement,
                                  {{"traffic_by_minute", days(kept.minutes)},
                                   {"traffic_by_hour", days(kept.hours)},
                                   {"traffic_by_day", days(kept.days)},
                                   {"sessions", days(kept.sessions)},
                                   {"events", days(kept.events)},
                                   {"audit", days(kept.audit)}}});
}

}  // namespace davylamp::api
