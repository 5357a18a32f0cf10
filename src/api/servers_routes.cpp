#include "api/answer.hpp"
#include "api/dto/details.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {

io::Task<Response> get_servers(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  ServerList list;
  for (const auto& [name, server] : resources.view.servers()) {
    if (call.scope.sees(name)) list.items.push_back(server);
  }
  co_return json_response(list);
}

}  // namespace davylamp::api
