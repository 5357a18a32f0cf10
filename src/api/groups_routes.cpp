#include "api/audit_line.hpp"
#include "api/limit_rules.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

using contract::LimitStore;

Response about_everyone(const Request& request) {
  return refusal_response(
      request, {409, "everyone", "Every user is a member of the group everyone; it cannot be changed.", std::nullopt});
}

}  // namespace

io::Task<Response> put_group(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto reason = parameters.text("reason");
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  if (call.parameter() == model::everyone) co_return about_everyone(call.request);
  auto body = read_body<GroupRequest>(call.request);
  if (!body) co_return std::move(body.error());
  model::Group group{call.parameter(), std::move(body->members), body->note.value_or("")};
  auto complaints = check_group(group);
  check_reason(complaints, reason, Need::optional);
  if (!complaints.empty()) co_return complaints.refusal(call.request);
  const auto detail = std::to_string(group.members.size()) + " members";
  const auto audit = audit_entry(resources, call, {"group_changed", group.name, reason, detail});
  co_await resources.limits.call([&](LimitStore& store) { store.put_group(group, audit); });
  tell_limits_changed(resources);
  co_return json_response(group);
}

io::Task<Response> delete_group(Resources& resources, const Call& call) {
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto& name = call.parameter();
  if (name == model::everyone) co_return about_everyone(call.request);
  const auto audit = audit_entry(resources, call, {"group_removed", name, *reason});
  const auto removed =
      co_await resources.limits.call([&](LimitStore& store) { return store.remove_group(name, audit); });
  if (!removed) co_return store_refusal(call.request, removed.error());
  tell_limits_changed(resources);
  co_return no_content();
}

}  // namespace davylamp::api
