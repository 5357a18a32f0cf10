// Who may sign in, and what they see. Written by admins who see every server.
#include <algorithm>

#include "api/account_rules.hpp"
#include "api/audit_line.hpp"
#include "api/body.hpp"
#include "api/dto/accounts.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

using contract::AccountStore;

Response conflict(const Request& request, std::string name, std::string detail) {
  return refusal_response(request, {409, std::move(name), std::move(detail), std::nullopt});
}

std::string detail_of(model::Role role, const std::vector<std::string>& scope) {
  std::string text(base::json::enum_name(role));
  for (const auto& group : scope) text += " " + group;
  return text;
}

bool last_admin(AccountStore& store, const std::string& name) {
  const auto all = store.accounts();
  const auto others = std::ranges::count_if(
      all, [&](const auto& account) { return account.role == model::Role::admin && account.name != name; });
  return others == 0;
}

base::Error only_admin() {
  return {"last_admin", "this is the last admin: make another one first"};
}

// The changes that were asked for, upon the account as it is. Within one call of the accounts' worker.
base::Result<model::Account> change(AccountStore& store, const std::string& name, const AccountRequest& wish,
                                    model::AuditEntry audit) {
  auto account = store.account(name);
  if (!account) return base::fail("not_found", "there is no such account");
  if (account->origin != model::AccountOrigin::local)
    return base::fail("from_elsewhere", "role, scope and password of this account come from where it signs in");
  const bool demoted = wish.role && *wish.role != model::Role::admin && account->role == model::Role::admin;
  if (demoted && last_admin(store, name)) return std::unexpected(only_admin());
  if (wish.role) account->role = *wish.role;
  if (wish.scope) account->scope = *wish.scope;
  account->password_hash = wish.password.value_or("");  // hashed by now; empty leaves it
  std::string done = "[" + detail_of(account->role, account->scope) + (wish.password ? ", new password]" : "]");
  audit.reason += (audit.reason.empty() ? "" : " ") + done;
  if (auto changed = store.change_account(*account, audit); !changed) return std::unexpected(changed.error());
  return *account;
}

base::Result<void> remove(AccountStore& store, const std::string& name, const model::AuditEntry& audit) {
  const auto account = store.account(name);
  if (!account) return base::fail("not_found", "there is no such account");
  if (account->role == model::Role::admin && last_admin(store, name)) return std::unexpected(only_admin());
  return store.remove_account(name, audit);
}

}  // namespace

io::Task<Response> get_accounts(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  AccountList list;
  const auto all = co_await resources.accounts.call([](AccountStore& store) { return store.accounts(); });
  for (const auto& account : all) list.items.push_back(account_view(account));
  co_return json_response(list);
}

io::Task<Response> post_account(Resources& resources, const Call& call) {
  if (auto refusal = refuse_scoped(call)) co_return std::move(*refusal);
  auto wish = read_body<NewAccountRequest>(call.request);
  if (!wish) co_return std::move(wish.error());
  const auto groups = co_await resources.accounts.call([](AccountStore& store) { return store.server_groups(); });
  auto complaints = check_account_name(wish->name);
  complaints.add(check_scope(wish->scope, groups));
  complaints.add(check_new_password("password", wish->password));
  check_reason(complaints, wish->reason.value_or(""), Need::optional);
  if (!complaints.empty()) co_return complaints.refusal(call.request);
  model::Account account{
      .name = wish->name, .role = wish->role, .created_at = resources.clock.now(), .scope = wish->scope};
  account.password_hash = co_await resources.auth.hash(std::move(wish->password));
  const auto audit = audit_entry(
      resources, call, {"account_added", wish->name, wish->reason.value_or(""), detail_of(wish->role, wish->scope)});
  const auto added = co_await resources.accounts.call([&account, &audit](AccountStore& store) {
    auto done = store.add_account(account);
    if (done) store.append_audit(audit);
    return done;
  });
  if (!added) co_return store_refusal(call.request, added.error());
  co_return created(json_response(account_view(account)));
}

io::Task<Response> put_account(Resources& resources, const Call& call) {
  if (auto refusal = refuse_scoped(call)) co_return std::move(*refusal);
  auto wish = read_body<AccountRequest>(call.request);
  if (!wish) co_return std::move(wish.error());
  const auto& name = call.parameter();
  const auto groups = co_await resources.accounts.call([](AccountStore& store) { return store.server_groups(); });
  Complaints complaints;
  if (wish->scope) complaints.add(check_scope(*wish->scope, groups));
  if (wish->password) complaints.add(check_new_password("password", *wish->password));
  if (!wish->role && !wish->scope && !wish->password) complaints.add("role", "or scope or password must be given");
  check_reason(complaints, wish->reason.value_or(""), Need::optional);
  if (!complaints.empty()) co_return complaints.refusal(call.request);
  if (name == call.caller->account && !call.request.local_account)
    co_return conflict(call.request, "own-account", "Nobody changes their own account here. Ask another admin.");
  if (wish->password) wish->password = co_await resources.auth.hash(std::move(*wish->password));
  const auto audit = audit_entry(resources, call, {"account_changed", name, wish->reason.value_or("")});
  const auto changed = co_await resources.accounts.call(
      [&name, &wish, &audit](AccountStore& store) { return change(store, name, *wish, audit); });
  if (!changed) co_return store_refusal(call.request, changed.error());
  co_return json_response(account_view(*changed));
}

io::Task<Response> delete_account(Resources& resources, const Call& call) {
  if (auto refusal = refuse_scoped(call)) co_return std::move(*refusal);
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto& name = call.parameter();
  if (name == call.caller->account && !call.request.local_account)
    co_return conflict(call.request, "own-account", "Nobody removes their own account. Ask another admin.");
  const auto audit = audit_entry(resources, call, {"account_removed", name, *reason});
  const auto removed =
      co_await resources.accounts.call([&name, &audit](AccountStore& store) { return remove(store, name, audit); });
  co_return removed ? no_content() : store_refusal(call.request, removed.error());
}

io::Task<Response> delete_account_second_factor(Resources& resources, const Call& call) {
  if (auto refusal = refuse_scoped(call)) co_return std::move(*refusal);
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto& name = call.parameter();
  const auto audit = audit_entry(resources, call, {"second_factor_removed", name, *reason, "by an admin"});
  const auto removed = co_await resources.accounts.call([&name, &audit](AccountStore& store) -> base::Result<void> {
    const auto account = store.account(name);
    if (!account || !account->second_factor)
      return base::fail("not_found", "there is no such account with a second factor");
    return store.set_second_factor(name, std::nullopt, audit);
  });
  co_return removed ? no_content() : store_refusal(call.request, removed.error());
}

}  // namespace davylamp::api
