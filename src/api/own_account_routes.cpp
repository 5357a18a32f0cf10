// What people do to their own account: the password, the second factor.
#include "api/account_rules.hpp"
#include "api/audit_line.hpp"
#include "api/auth/second_step.hpp"
#include "api/dto/accounts.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

io::Task<std::expected<model::Account, Refusal>> by_password(Resources& resources, const Call& call,
                                                             std::string password) {
  return resources.auth.check_password(call.caller->account, std::move(password), call.request.remote_address);
}

// The action is filled in by who writes the line.
model::AuditEntry own_line(const Resources& resources, const Call& call) {
  return audit_entry(resources, call, {"", call.caller->account, ""});
}

// A wrong password is no reason to sign in again.
Response refused(const Call& call, Refusal refusal) {
  if (refusal.status == 401) refusal.status = 403;
  return refusal_response(call.request, refusal);
}

}  // namespace

io::Task<Response> post_own_password(Resources& resources, const Call& call) {
  if (auto refusal = refuse_programs(call)) co_return std::move(*refusal);
  auto wish = read_body<PasswordRequest>(call.request);
  if (!wish) co_return std::move(wish.error());
  const auto complaints = check_new_password("new_password", wish->new_password);
  if (!complaints.empty()) co_return complaints.refusal(call.request);
  if (call.caller->origin != model::AccountOrigin::local)
    co_return refusal_response(call.request,
                               {409, "from-elsewhere", "The password is kept where you sign in.", std::nullopt});
  auto account = co_await by_password(resources, call, std::move(wish->password));
  if (!account) co_return refused(call, account.error());
  account->password_hash = co_await resources.auth.hash(std::move(wish->new_password));
  auto audit = own_line(resources, call);
  audit.action = "password_changed";
  const auto changed = co_await resources.accounts.call(
      [&account, &audit](contract::AccountStore& store) { return store.change_account(*account, audit); });
  co_return changed ? no_content() : store_refusal(call.request, changed.error());
}

io::Task<Response> post_second_factor(Resources& resources, const Call& call) {
  if (auto refusal = refuse_programs(call)) co_return std::move(*refusal);
  auto wish = read_body<EnrolmentRequest>(call.request);
  if (!wish) co_return std::move(wish.error());
  auto account = co_await by_password(resources, call, std::move(wish->password));
  if (!account) co_return refused(call, account.error());
  const auto begun = co_await resources.auth.second_factors().begin(std::move(*account), own_line(resources, call));
  co_return begun ? json_response(*begun) : refused(call, begun.error());
}

io::Task<Response> post_second_factor_confirm(Resources& resources, const Call& call) {
  if (auto refusal = refuse_programs(call)) co_return std::move(*refusal);
  auto wish = read_body<CodeRequest>(call.request);
  if (!wish) co_return std::move(wish.error());
  auto account = co_await resources.accounts.call(
      [name = call.caller->account](contract::AccountStore& store) { return store.account(name); });
  if (!account) co_return refused(call, {404, "not-found", "The account is gone.", std::nullopt});
  const auto codes = co_await resources.auth.second_factors().confirm(std::move(*account), std::move(wish->code),
                                                                      own_line(resources, call));
  co_return codes ? json_response(*codes) : refused(call, codes.error());
}

io::Task<Response> post_second_factor_remove(Resources& resources, const Call& call) {
  if (auto refusal = refuse_programs(call)) co_return std::move(*refusal);
  auto wish = read_body<SecondFactorRemoval>(call.request);
  if (!wish) co_return std::move(wish.error());
  auto account = co_await by_password(resources, call, std::move(wish->password));
  if (!account) co_return refused(call, account.error());
  const auto removed = co_await resources.auth.second_factors().remove(std::move(*account), std::move(wish->code),
                                                                       own_line(resources, call));
  co_return removed ? no_content() : refused(call, removed.error());
}

}  // namespace davylamp::api
