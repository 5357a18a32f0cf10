#include "api/answer.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {

io::Task<Response> get_audit(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto limit = parameters.number("limit", {1, 1000}).value_or(100);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  AuditList list;
  list.items = co_await resources.accounts.call([limit](contract::AccountStore& store) { return store.audit(limit); });
  co_return json_response(list);
}

}  // namespace davylamp::api
