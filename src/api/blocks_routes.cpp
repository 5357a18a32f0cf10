#include "api/audit_line.hpp"
#include "api/limit_rules.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

using contract::LimitStore;

}  // namespace

// A user need not have been seen: somebody may be kept out before coming.
io::Task<Response> post_block(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  auto body = read_body<BlockRequest>(call.request);
  if (!body) co_return std::move(body.error());
  const auto now = resources.clock.now();
  const auto& user = call.parameter();
  Complaints complaints;
  if (user.size() > most_name_bytes) complaints.add("user", "is longer than 512 bytes");
  if (body->until_at) check_until(complaints, *body->until_at, now);
  check_reason(complaints, body->reason, Need::required);
  if (!complaints.empty()) co_return complaints.refusal(call.request);
  const model::Block block{user, body->until_at, body->reason, call.caller->account, now};
  const auto audit = audit_entry(resources, call, {"user_blocked", user, block.reason});
  co_await resources.limits.call([&](LimitStore& store) { store.block(block, audit); });
  tell_limits_changed(resources);
  co_return json_response(block);
}

io::Task<Response> delete_block(Resources& resources, const Call& call) {
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto& user = call.parameter();
  const auto audit = audit_entry(resources, call, {"user_unblocked", user, *reason});
  const auto lifted = co_await resources.limits.call([&](LimitStore& store) { return store.unblock(user, audit); });
  if (!lifted) co_return store_refusal(call.request, lifted.error());
  tell_limits_changed(resources);
  co_return no_content();
}

}  // namespace davylamp::api
