// Limits: what they are, and laying them down.
#include "api/audit_line.hpp"
#include "api/limit_rules.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

using contract::LimitStore;
using Written = std::expected<model::Limit, Response>;

// What the store is asked, on its thread. Whoever calls waits until it is done, so the references hold.
struct LimitChange {
  const Request& request;
  model::Limit limit;
  model::AuditEntry audit;
};

base::Error no_limit(std::uint64_t id) {
  return {"not_found", "There is no limit " + std::to_string(id) + "."};
}

Written add(LimitStore& store, LimitChange change) {
  auto& limit = change.limit;
  Complaints complaints;
  check_subject(complaints, limit, store.limits());
  if (!complaints.empty()) return std::unexpected(complaints.refusal(change.request));
  const bool from_now = limit.period.kind == model::PeriodKind::once && !limit.period.starts_at;
  if (from_now) limit.period.starts_at = limit.created_at;
  const auto id = store.add_limit(limit, change.audit);
  if (!id) return std::unexpected(store_refusal(change.request, id.error()));
  limit.id = *id;
  // Usage is stored by the minute: what was moved in this one before now must not count.
  if (from_now && limit.subject_kind != model::LimitSubject::each) {
    model::Reset reset;
    reset.limit_id = limit.id;
    reset.at = limit.created_at;
    reset.reset_by = limit.created_by;
    change.audit.action = "usage_reset";
    const auto done = store.reset(reset, change.audit);
    if (!done) return std::unexpected(store_refusal(change.request, done.error()));
  }
  return std::move(limit);
}

Written replace(LimitStore& store, LimitChange change) {
  auto& limit = change.limit;
  const auto all = store.limits();
  const auto* const old = find_limit(all, limit.id);
  if (old == nullptr) return std::unexpected(store_refusal(change.request, no_limit(limit.id)));
  Complaints complaints;
  check_subject(complaints, limit, all);
  if (!complaints.empty()) return std::unexpected(complaints.refusal(change.request));
  limit.created_at = old->created_at;
  limit.created_by = old->created_by;
  if (limit.period.kind == model::PeriodKind::once && !limit.period.starts_at) {
    limit.period.starts_at = old->period.kind == model::PeriodKind::once ? old->period.starts_at : change.audit.at;
  }
  const auto done = store.change_limit(limit, change.audit);
  if (!done) return std::unexpected(store_refusal(change.request, done.error()));
  return std::move(limit);
}

// The limit in the body, and why.
std::expected<LimitChange, Response> read_change(const Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto reason = parameters.text("reason");
  if (auto refusal = parameters.refusal()) return std::unexpected(std::move(*refusal));
  auto limit = read_body<model::Limit>(call.request);
  if (!limit) return std::unexpected(std::move(limit.error()));
  auto complaints = check_limit(*limit, resources.zones);
  check_reason(complaints, reason, Need::optional);
  if (!complaints.empty()) return std::unexpected(complaints.refusal(call.request));
  limit->id = call.parameters.empty() ? 0 : id_of(call.parameter());
  limit->created_at = resources.clock.now();
  limit->created_by = call.caller->account;
  const auto* const action = call.parameters.empty() ? "limit_added" : "limit_changed";
  auto audit = audit_entry(resources, call, {action, limit->subject, reason, limit_text(*limit)});
  return LimitChange{call.request, std::move(*limit), std::move(audit)};
}

}  // namespace

io::Task<Response> get_limits(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  const auto limits = co_await resources.limits.call([](LimitStore& store) { return store.limits(); });
  co_return json_response(limits);
}

io::Task<Response> post_limit(Resources& resources, const Call& call) {
  auto change = read_change(resources, call);
  if (!change) co_return std::move(change.error());
  const auto written = co_await resources.limits.call([&](LimitStore& store) { return add(store, *change); });
  if (!written) co_return written.error();
  tell_limits_changed(resources);
  co_return created(json_response(*written));
}

io::Task<Response> put_limit(Resources& resources, const Call& call) {
  auto change = read_change(resources, call);
  if (!change) co_return std::move(change.error());
  const auto written = co_await resources.limits.call([&](LimitStore& store) { return replace(store, *change); });
  if (!written) co_return written.error();
  tell_limits_changed(resources);
  co_return json_response(*written);
}

io::Task<Response> delete_limit(Resources& resources, const Call& call) {
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto id = id_of(call.parameter());
  const auto entry_of = [&](const model::Limit& limit) {
    return audit_entry(resources, call, {"limit_removed", limit.subject, *reason, limit_text(limit)});
  };
  const auto removed = co_await resources.limits.call([&](LimitStore& store) -> base::Result<void> {
    const auto all = store.limits();
    const auto* const limit = find_limit(all, id);
    if (limit == nullptr) return std::unexpected(no_limit(id));
    return store.remove_limit(id, entry_of(*limit));
  });
  if (!removed) co_return store_refusal(call.request, removed.error());
  tell_limits_changed(resources);
  co_return no_content();
}

}  // namespace davylamp::api
