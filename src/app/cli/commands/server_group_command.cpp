// Servers under one name, for the scope of accounts. Works on the store, whether the daemon runs or not.
#include <algorithm>

#include "api/account_rules.hpp"
#include "api/dto/accounts.hpp"
#include "app/cli/commands/operator_name.hpp"
#include "app/cli/store_owner.hpp"
#include "app/cli/text_table.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

int complain(const Call& call, const std::string& text) {
  call.world.err << "davylamp: " << base::printable(text) << "\n";
  return exit_failed;
}

std::string why_not(const model::ServerGroup& group, const api::Complaints& wrong) {
  const auto members = wrong.refusal().members;
  if (members.contains("name")) return refuse_name("server-group set", group.name, wrong).error().message;
  return "server-group set: of " + base::printable(group.name) + ", " + members.begin()->first + " " +
         members.begin()->second;
}

// A pattern ("fra-*") may fit what comes later; a whole name that no server has is more likely a slip.
std::vector<std::string> strangers(contract::Store& store, const std::vector<std::string>& servers) {
  const auto known = store.reader()->servers();
  std::vector<std::string> unknown;
  for (const auto& name : servers) {
    if (!name.ends_with('*') && std::ranges::find(known, name, &model::Server::name) == known.end())
      unknown.push_back(name);
  }
  return unknown;
}

}  // namespace

int run_server_group_list(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "server-group list: takes no names");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto store = store_to_look_at(call, *config);
  if (!store) return exit_failed;
  const auto accounts = store->accounts();
  const api::ServerGroupList list{accounts->server_groups()};
  if (call.json) {
    call.world.out << base::json::write(list) << "\n";
    return exit_ok;
  }
  const auto all = accounts->accounts();
  TextTable table({{"SERVER GROUP"}, {"ACCOUNTS", Align::right}, {"SERVERS"}});
  for (const auto& group : list.items) {
    const auto seen_by = std::ranges::count_if(all, [&](const model::Account& account) {
      return std::ranges::find(account.scope, group.name) != account.scope.end();
    });
    table.add({group.name, std::to_string(seen_by), joined(group.servers)});
  }
  call.world.out << table.to_string();
  return exit_ok;
}

int run_server_group_set(const Call& call) {
  const auto& names = call.arguments.names;
  if (names.size() < 2) return usage_error(call, "server-group set: needs NAME and its servers");
  const model::ServerGroup group{names.front(), {names.begin() + 1, names.end()}};
  if (const auto wrong = api::check_server_group(group); !wrong.empty())
    return usage_error(call, why_not(group, wrong));
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const StoreOwner owner(config->store.path);
  const auto store = store_or_complaint(call, *config);
  if (!store) return exit_failed;
  const auto accounts = store->accounts();
  const auto groups = accounts->server_groups();
  const bool known = std::ranges::find(groups, group.name, &model::ServerGroup::name) != groups.end();
  accounts->put_server_group(
      group, {call.world.clock.now(), operator_name(), known ? "server_group_changed" : "server_group_added",
              group.name, "local", "[" + joined(group.servers) + "]"});
  if (call.json) {
    call.world.out << base::json::write(group) << "\n";
  } else {
    call.world.out << base::printable(group.name) << " stands for " << base::printable(joined(group.servers)) << "\n";
  }
  if (const auto unknown = strangers(*store, group.servers); !unknown.empty())
    call.world.err << "davylamp: note: no server here is called " << base::printable(joined(unknown))
                   << " yet; davylamp servers lists them\n";
  return exit_ok;
}

int run_server_group_remove(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "server-group remove: needs one NAME");
  const auto& name = call.arguments.names.front();
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const StoreOwner owner(config->store.path);
  const auto store = store_or_complaint(call, *config);
  if (!store) return exit_failed;
  const auto removed = store->accounts()->remove_server_group(
      name, {call.world.clock.now(), operator_name(), "server_group_removed", name, "local"});
  if (!removed) return complain(call, removed.error().message);
  if (call.json) {
    call.world.out << "{\"removed_server_group\":" << base::json::write(name) << "}\n";
  } else {
    call.world.out << base::printable(name) << " is removed\n";
  }
  return exit_ok;
}

}  // namespace davylamp::app
