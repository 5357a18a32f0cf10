#include "api/answer.hpp"
#include "api/parameters.hpp"
#include "api/quota_filter.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {

io::Task<Response> get_quotas(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  QuotaQuery query;
  query.text = parameters.text("q");
  query.group = parameters.text("group");
  query.limit = parameters.number("limit", {1, 1000}).value_or(100);
  if (!parameters.text("state").empty()) query.state = parameters.one_of("state", model::QuotaState::ok);
  if (const auto sort = parameters.sort<QuotaSort>()) {
    query.sort = sort->first;
    query.direction = sort->second;
  }
  if (auto cursor = parameters.text("cursor"); !cursor.empty()) query.cursor = std::move(cursor);
  std::vector<const model::Quota*> quotas;
  quotas.reserve(resources.view.quotas().size());
  for (const auto& [key, quota] : resources.view.quotas()) quotas.push_back(&quota);
  const auto page = page_of(quotas, query);
  if (!page) parameters.complain("cursor", page.error().message);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  co_return json_response(*page);
}

}  // namespace davylamp::api
