#include <algorithm>

#include "api/dto/limits.hpp"
#include "app/cli/daemon.hpp"
#include "app/cli/text_table.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

struct GroupListing {
  std::vector<model::Group> items;
};
BOOST_DESCRIBE_STRUCT(GroupListing, (), (items))

std::string members_text(const model::Group& group) {
  constexpr std::size_t most_shown = 8;
  std::string text;
  for (std::size_t i = 0; i < group.members.size() && i < most_shown; ++i) {
    text += (i == 0 ? "" : ", ") + group.members[i];
  }
  if (group.members.size() > most_shown) text += " and " + std::to_string(group.members.size() - most_shown) + " more";
  return text;
}

// The members after the wish: those named, or with --add and --remove those there were, changed.
base::Result<std::vector<std::string>> wanted_members(const Call& call, const std::vector<std::string>& present) {
  const auto& names = call.arguments.names;
  std::vector<std::string> named(names.begin() + 1, names.end());
  const bool add = call.arguments.has("--add");
  const bool remove = call.arguments.has("--remove");
  if (add && remove) return base::fail("usage", "--add and --remove contradict each other");
  if ((add || remove) && named.empty()) return base::fail("usage", "name the members to add or remove");
  auto members = add || remove ? present : std::vector<std::string>{};
  for (const auto& name : named) {
    std::erase(members, name);
    if (!remove) members.push_back(name);
  }
  return members;
}

}  // namespace

int run_group_list(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "group list: takes no names");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto limits = Daemon(call, *config).get<model::Limits>("/api/v1/limits");
  if (call.json) {
    call.world.out << base::json::write(GroupListing{limits.groups}) << "\n";
    return exit_ok;
  }
  TextTable table({{"GROUP"}, {"SIZE", Align::right}, {"LIMITS", Align::right}, {"MEMBERS"}, {"NOTE"}});
  for (const auto& group : limits.groups) {
    const auto bound = std::ranges::count_if(limits.limits, [&](const model::Limit& limit) {
      return limit.subject_kind != model::LimitSubject::user && limit.subject == group.name;
    });
    table.add({group.name, group.name == model::everyone ? "" : std::to_string(group.members.size()),
               std::to_string(bound), group.name == model::everyone ? "every user" : members_text(group), group.note});
  }
  call.world.out << table.to_string();
  return exit_ok;
}

int run_group_set(const Call& call) {
  if (call.arguments.names.empty()) return usage_error(call, "group set: needs NAME and its members");
  const auto& name = call.arguments.names.front();
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const Daemon daemon(call, *config);
  const auto limits = daemon.get<model::Limits>("/api/v1/limits");
  const auto found = std::ranges::find(limits.groups, name, &model::Group::name);
  const auto present = found == limits.groups.end() ? model::Group{name, {}, ""} : *found;
  const auto members = wanted_members(call, present.members);
  if (!members) return usage_error(call, "group set: " + members.error().message);
  const api::GroupRequest wish{*members, call.arguments.value("--note").value_or(present.note)};
  const auto group = daemon.send<model::Group>("PUT", "/api/v1/groups/" + base::percent_encoded(name), wish);
  if (call.json) {
    call.world.out << base::json::write(group) << "\n";
  } else {
    call.world.out << base::printable(group.name) << " has " << group.members.size() << " members\n";
  }
  return exit_ok;
}

int run_group_remove(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "group remove: needs one NAME");
  const auto& name = call.arguments.names.front();
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  Daemon(call, *config).ask({"DELETE", "/api/v1/groups/" + base::percent_encoded(name), ""});
  if (call.json) {
    call.world.out << "{\"removed_group\":" << base::json::write(name) << "}\n";
  } else {
    call.world.out << base::printable(name) << " is removed\n";
  }
  return exit_ok;
}

}  // namespace davylamp::app
