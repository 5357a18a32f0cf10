#include <algorithm>

#include "api/answer.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {

io::Task<Response> get_losses(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  LossList list;
  for (const auto& [role, losses] : resources.view.losses()) {
    for (const auto& loss : losses) list.items.push_back({role, loss.name, loss.count, loss.text});
  }
  std::ranges::move(resources.effects.own_losses(), std::back_inserter(list.items));
  co_return json_response(list);
}

}  // namespace davylamp::api
