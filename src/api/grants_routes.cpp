// What eases a limit for a while: grants and resets. And its periods that are over.
#include <algorithm>

#include "api/audit_line.hpp"
#include "api/limit_rules.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

using contract::LimitStore;

// `user` is whom it was asked for, until prepare() has looked at the limit.
struct Easing {
  const Resources& resources;
  const Call& call;
  std::uint64_t limit_id = 0;
  std::string user;
  AuditLine line;
};

// The limit is there and binds this user: sets the user and the subject of the audit line.
std::optional<Response> prepare(LimitStore& store, Easing& easing) {
  const auto all = store.limits();
  const auto* const limit = find_limit(all, easing.limit_id);
  if (limit == nullptr) return store_refusal(easing.call.request, {"not_found", "There is no such limit."});
  Complaints complaints;
  easing.user = member_of(complaints, *limit, easing.user, all);
  if (!complaints.empty()) return complaints.refusal(easing.call.request);
  easing.line.subject = easing.user.empty() ? limit->subject : easing.user;
  return std::nullopt;
}

std::expected<model::Grant, Response> add(LimitStore& store, Easing easing, model::Grant grant) {
  if (auto refusal = prepare(store, easing)) return std::unexpected(std::move(*refusal));
  grant.user = easing.user;
  const auto id = store.add_grant(grant, audit_entry(easing.resources, easing.call, easing.line));
  if (!id) return std::unexpected(store_refusal(easing.call.request, id.error()));
  grant.id = *id;
  return grant;
}

std::optional<Response> reset(LimitStore& store, Easing easing) {
  if (auto refusal = prepare(store, easing)) return refusal;
  const auto audit = audit_entry(easing.resources, easing.call, easing.line);
  model::Reset reset;
  reset.limit_id = easing.limit_id;
  reset.user = easing.user;
  reset.at = audit.at;
  reset.reset_by = audit.account;
  const auto done = store.reset(reset, audit);
  if (!done) return store_refusal(easing.call.request, done.error());
  return std::nullopt;
}

std::string detail_of(const model::Grant& grant) {
  return "limit " + std::to_string(grant.limit_id) + ": " + std::to_string(grant.bytes) + " bytes more";
}

base::Result<void> remove(LimitStore& store, std::uint64_t id, const Easing& easing) {
  const auto all = store.limits();
  const auto found = std::ranges::find(all.grants, id, &model::Grant::id);
  if (found == all.grants.end()) return base::fail("not_found", "There is no such grant.");
  const auto* const limit = find_limit(all, found->limit_id);
  auto line = easing.line;
  line.subject = found->user.empty() && limit != nullptr ? limit->subject : found->user;
  line.detail = detail_of(*found);
  return store.remove_grant(id, audit_entry(easing.resources, easing.call, line));
}

}  // namespace

io::Task<Response> post_grant(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  auto body = read_body<GrantRequest>(call.request);
  if (!body) co_return std::move(body.error());
  const auto now = resources.clock.now();
  const auto complaints = check_grant(*body, now);
  if (!complaints.empty()) co_return complaints.refusal(call.request);
  model::Grant grant;
  grant.limit_id = id_of(call.parameter());
  grant.bytes = body->bytes;
  grant.from_at = now;
  grant.until_at = body->until_at;
  grant.reason = body->reason.value_or("");
  grant.granted_by = call.caller->account;
  const Easing easing{
      resources, call, grant.limit_id, body->user.value_or(""), {"grant_added", "", grant.reason, detail_of(grant)}};
  const auto added = co_await resources.limits.call([&](LimitStore& store) { return add(store, easing, grant); });
  if (!added) co_return added.error();
  tell_limits_changed(resources);
  co_return created(json_response(*added));
}

io::Task<Response> delete_grant(Resources& resources, const Call& call) {
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto id = id_of(call.parameter());
  const Easing easing{resources, call, 0, "", {"grant_removed", "", *reason}};
  const auto removed = co_await resources.limits.call([&](LimitStore& store) { return remove(store, id, easing); });
  if (!removed) co_return store_refusal(call.request, removed.error());
  tell_limits_changed(resources);
  co_return no_content();
}

io::Task<Response> post_reset(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  auto body = read_body<ResetRequest>(call.request);
  if (!body) co_return std::move(body.error());
  const auto reason = body->reason.value_or("");
  Complaints complaints;
  check_reason(complaints, reason, Need::optional);
  if (!complaints.empty()) co_return complaints.refusal(call.request);
  const auto id = id_of(call.parameter());
  const Easing easing{
      resources, call, id, body->user.value_or(""), {"usage_reset", "", reason, "limit " + std::to_string(id)}};
  auto refusal = co_await resources.limits.call([&](LimitStore& store) { return reset(store, easing); });
  if (refusal) co_return std::move(*refusal);
  tell_limits_changed(resources);
  co_return no_content();
}

io::Task<Response> get_periods(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto user = parameters.text("user");
  const auto limit = parameters.number("limit", {1, 1000}).value_or(100);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  const auto id = id_of(call.parameter());
  struct Found {
    PeriodList list;
    bool known = false;
  };
  auto found = co_await resources.limits.call([&](LimitStore& store) {
    return Found{{store.periods(id, user, limit)}, find_limit(store.limits(), id) != nullptr};
  });
  // The periods of a limit outlive it.
  if (!found.known && found.list.items.empty()) {
    co_return store_refusal(call.request, {"not_found", "There is no such limit."});
  }
  co_return json_response(found.list);
}

}  // namespace davylamp::api
