#include <unistd.h>

#include "api/account_rules.hpp"
#include "api/control_socket.hpp"
#include "app/cli/commands/operator_name.hpp"
#include "app/cli/quantities.hpp"
#include "app/cli/random_password.hpp"
#include "app/cli/store_owner.hpp"
#include "app/cli/text_table.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

// An account as it may be shown: without the hash.
struct AccountRow {
  std::string name;
  model::Role role = model::Role::viewer;
  base::Time created_at{};
  std::optional<base::Time> last_login_at;
  model::AccountOrigin origin = model::AccountOrigin::local;
  std::vector<std::string> scope;
  bool second_factor = false;
};
BOOST_DESCRIBE_STRUCT(AccountRow, (), (name, role, created_at, last_login_at, origin, scope, second_factor))

struct AccountListing {
  std::vector<AccountRow> items;
};
BOOST_DESCRIBE_STRUCT(AccountListing, (), (items))

// `password` only when it was made here: it is printed this once.
struct AccountAnswer {
  std::string name;
  std::optional<model::Role> role;
  std::optional<std::string> password;
};
BOOST_DESCRIBE_STRUCT(AccountAnswer, (), (name, role, password))

struct NewPassword {
  std::string hash;
  std::optional<std::string> made_here;
};

base::Result<std::string> only_name(const Arguments& arguments, std::string_view command) {
  if (arguments.names.size() != 1) return base::fail("usage", std::string(command) + ": needs one NAME");
  const auto& name = arguments.names.front();
  if (const auto wrong = api::check_account_name(name); !wrong.empty()) return refuse_name(command, name, wrong);
  return name;
}

base::Result<model::Role> wanted_role(const Arguments& arguments) {
  const auto text = arguments.value("--role");
  if (arguments.has("--admin")) {
    if (text && *text != "admin")
      return base::fail("usage", "user add: --admin and --role " + base::printable(*text) + " contradict each other");
    return model::Role::admin;
  }
  if (!text) return model::Role::viewer;
  const auto role = base::json::enum_value<model::Role>(*text);
  if (!role) return base::fail("usage", "user add: --role must be viewer, auditor, operator or admin");
  return *role;
}

base::Result<std::string> ask_twice(const Call& call) {
  auto first = call.world.ask_secret("New password: ");
  if (!first) return first;
  const auto second = call.world.ask_secret("The same again: ");
  if (!second) return second;
  if (*first != *second) return base::fail("mismatch", "the two passwords differ; nothing was changed");
  return first;
}

base::Result<std::string> first_line(std::istream& in) {
  std::string line;
  if (!std::getline(in, line)) return base::fail("no_password", "there is no password on standard input");
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

base::Result<NewPassword> new_password(const Call& call) {
  const bool random = call.arguments.has("--random-password");
  const bool from_stdin = call.arguments.has("--password-stdin");
  if (random && from_stdin) return base::fail("usage", "--random-password and --password-stdin contradict each other");
  const auto password = random       ? base::Result<std::string>(random_password())
                        : from_stdin ? first_line(call.world.in)
                                     : ask_twice(call);
  if (!password) return std::unexpected(password.error());
  const auto hash = call.world.hash_password(*password);
  if (!hash) return std::unexpected(hash.error());
  return NewPassword{*hash, random ? std::optional(*password) : std::nullopt};
}

int complain(const Call& call, const base::Error& error) {
  if (error.code == "usage") return usage_error(call, error.message);
  call.world.err << "davylamp: " << base::printable(error.message) << "\n";
  return error.code == "weak_password" ? exit_usage : exit_failed;
}

void answer(const Call& call, const AccountAnswer& told, std::string_view done) {
  if (call.json) {
    call.world.out << base::json::write(told) << "\n";
    return;
  }
  call.world.out << "account " << base::printable(told.name) << ": " << done << "\n";
  if (told.password) call.world.out << "password: " << *told.password << "\nIt is shown only this once.\n";
}

std::string added_text(model::Role role) {
  return "added as " + std::string(base::json::enum_name(role));
}

}  // namespace

std::string operator_name() {
  return api::local_account(getuid(), getuid()).value_or("local:" + std::to_string(getuid()));
}

std::unexpected<base::Error> refuse_name(std::string_view command, std::string_view name,
                                         const api::Complaints& wrong) {
  const auto members = wrong.refusal().members;
  return base::fail("usage", std::string(command) + ": \"" + base::printable(name) + "\" cannot be its name: it " +
                                 members.begin()->second);
}

int run_user_add(const Call& call) {
  const auto name = only_name(call.arguments, "user add");
  if (!name) return complain(call, name.error());
  const auto role = wanted_role(call.arguments);
  if (!role) return complain(call, role.error());
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  // An account may be added before the daemon has ever run.
  const StoreOwner owner(config->store.path);
  const auto accounts = call.world.open_store(*config)->accounts();
  if (accounts->account(*name)) {
    return complain(call,
                    {"exists", "there is an account " + *name + " already; davylamp user passwd changes its password"});
  }
  const auto password = new_password(call);
  if (!password) return complain(call, password.error());
  const auto now = call.world.clock.now();
  const auto added = accounts->add_account({*name, *role, password->hash, now, std::nullopt});
  if (!added) return complain(call, added.error());
  accounts->append_audit({now, operator_name(), "account_added", *name, "local"});
  answer(call, {*name, *role, password->made_here}, added_text(*role));
  return exit_ok;
}

int run_user_passwd(const Call& call) {
  const auto name = only_name(call.arguments, "user passwd");
  if (!name) return complain(call, name.error());
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const StoreOwner owner(config->store.path);
  const auto store = store_or_complaint(call, *config);
  if (!store) return exit_failed;
  const auto accounts = store->accounts();
  const auto account = accounts->account(*name);
  if (!account) return complain(call, {"not_found", "there is no account " + *name + "; see davylamp user list"});
  if (account->origin != model::AccountOrigin::local)
    return complain(call, {"from_elsewhere", "the password of " + *name + " is kept where it signs in"});
  const auto password = new_password(call);
  if (!password) return complain(call, password.error());
  const auto changed = accounts->set_password(*name, password->hash);
  if (!changed) return complain(call, changed.error());
  accounts->append_audit({call.world.clock.now(), operator_name(), "password_changed", *name, "local"});
  answer(call, {*name, std::nullopt, password->made_here}, "has a new password and is signed out everywhere");
  return exit_ok;
}

int run_user_list(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "user list: takes no names");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto store = store_or_complaint(call, *config);
  if (!store) return exit_failed;
  AccountListing listing;
  for (const auto& account : store->accounts()->accounts()) {
    const bool second_factor = account.second_factor && account.second_factor->confirmed;
    listing.items.push_back({account.name, account.role, account.created_at, account.last_login_at, account.origin,
                             account.scope, second_factor});
  }
  if (call.json) {
    call.world.out << base::json::write(listing) << "\n";
    return exit_ok;
  }
  TextTable table({{"ACCOUNT"}, {"ROLE"}, {"SIGNS IN"}, {"SEES"}, {"ADDED"}, {"LAST SIGNED IN"}});
  for (const auto& row : listing.items) {
    std::string sees;
    for (const auto& group : row.scope) sees += (sees.empty() ? "" : ", ") + group;
    table.add({row.name, std::string(base::json::enum_name(row.role)),
               std::string(base::json::enum_name(row.origin)) + (row.second_factor ? " + code" : ""),
               sees.empty() ? "every server" : sees, time_text(row.created_at),
               row.last_login_at ? time_text(*row.last_login_at) : "never"});
  }
  call.world.out << table.to_string();
  return exit_ok;
}

}  // namespace davylamp::app
