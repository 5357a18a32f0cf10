// Accounts that are there: role, scope, second factor, removal. Works on the store, whether the daemon runs or not.
#include <algorithm>

#include "app/cli/commands/operator_name.hpp"
#include "app/cli/store_owner.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

struct AccountChanged {
  std::string name;
  std::string done;
};
BOOST_DESCRIBE_STRUCT(AccountChanged, (), (name, done))

int complain(const Call& call, const base::Error& error) {
  call.world.err << "davylamp: " << base::printable(error.message) << "\n";
  return exit_failed;
}

using Change = std::function<base::Result<void>(contract::AccountStore&, const model::Account&, model::AuditEntry)>;

// Opens the store, finds the account, changes it and says so.
int change_account(const Call& call, const std::string& done, const Change& change) {
  const auto& name = call.arguments.names.front();
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const StoreOwner owner(config->store.path);
  const auto store = store_or_complaint(call, *config);
  if (!store) return exit_failed;
  const auto accounts = store->accounts();
  const auto account = accounts->account(name);
  if (!account) return complain(call, {"not_found", "there is no account " + name + "; see davylamp user list"});
  const auto changed = change(*accounts, *account, {call.world.clock.now(), operator_name(), "", name, "local"});
  if (!changed) return complain(call, changed.error());
  if (call.json) {
    call.world.out << base::json::write(AccountChanged{name, done}) << "\n";
  } else {
    call.world.out << "account " << base::printable(name) << ": " << base::printable(done) << "\n";
  }
  return exit_ok;
}

base::Result<void> need_local(const model::Account& account) {
  if (account.origin == model::AccountOrigin::local) return {};
  return base::fail("from_elsewhere", "this account signs in elsewhere, which says what it may and sees");
}

base::Result<void> need_another_admin(contract::AccountStore& store, const model::Account& account) {
  const auto all = store.accounts();
  const bool others = std::ranges::any_of(
      all, [&](const auto& other) { return other.role == model::Role::admin && other.name != account.name; });
  if (account.role != model::Role::admin || others) return {};
  return base::fail("last_admin", account.name + " is the last admin; make another one first");
}

}  // namespace

int run_user_role(const Call& call) {
  const auto& names = call.arguments.names;
  if (names.size() != 2) return usage_error(call, "user role: needs NAME and viewer, auditor, operator or admin");
  const auto role = base::json::enum_value<model::Role>(names[1]);
  if (!role) return usage_error(call, "user role: the role must be viewer, auditor, operator or admin");
  return change_account(call, "is " + names[1] + " now",
                        [&](contract::AccountStore& store, model::Account account, model::AuditEntry audit) {
                          if (auto local = need_local(account); !local) return local;
                          if (*role != model::Role::admin) {
                            if (auto other = need_another_admin(store, account); !other) return other;
                          }
                          account.role = *role;
                          account.password_hash.clear();
                          audit.action = "account_changed";
                          audit.reason = "[" + names[1] + "]";
                          return store.change_account(account, audit);
                        });
}

int run_user_scope(const Call& call) {
  const auto& names = call.arguments.names;
  const bool all = call.arguments.has("--all");
  if (names.empty() || (names.size() == 1) != all)
    return usage_error(call, "user scope: needs NAME and server groups, or NAME --all");
  const std::vector<std::string> scope(names.begin() + 1, names.end());
  std::string words;
  for (const auto& group : scope) words += (words.empty() ? "" : ", ") + group;
  return change_account(call, all ? "sees every server" : "sees " + words,
                        [&](contract::AccountStore& store, model::Account account, model::AuditEntry audit) {
                          if (auto local = need_local(account); !local) return local;
                          const auto groups = store.server_groups();
                          for (const auto& group : scope) {
                            if (std::ranges::find(groups, group, &model::ServerGroup::name) != groups.end()) continue;
                            return base::Result<void>(base::fail(
                                "not_found", "there is no server group " + group + "; see davylamp server-group list"));
                          }
                          account.scope = scope;
                          account.password_hash.clear();
                          audit.action = "account_changed";
                          audit.reason = all ? "[every server]" : "[" + words + "]";
                          return store.change_account(account, audit);
                        });
}

int run_user_remove(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "user remove: needs one NAME");
  return change_account(call, "is removed, with its logins and tokens",
                        [](contract::AccountStore& store, const model::Account& account, model::AuditEntry audit) {
                          if (auto other = need_another_admin(store, account); !other) return other;
                          audit.action = "account_removed";
                          return store.remove_account(account.name, audit);
                        });
}

int run_user_second_factor_remove(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "user second-factor remove: needs one NAME");
  return change_account(call, "signs in by password alone now",
                        [](contract::AccountStore& store, const model::Account& account, model::AuditEntry audit) {
                          if (!account.second_factor)
                            return base::Result<void>(base::fail("not_found", account.name + " has no second factor"));
                          audit.action = "second_factor_removed";
                          audit.reason = "[by an admin]";
                          return store.set_second_factor(account.name, std::nullopt, audit);
                        });
}

}  // namespace davylamp::app
