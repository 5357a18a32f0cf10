#include "store/limits_rules.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace davylamp::store {
namespace {

std::string quoted(std::string_view name) {
  return "\"" + base::printable(name) + "\"";
}

}  // namespace

bool names_a_group(const model::Limit& limit) {
  return limit.subject_kind != model::LimitSubject::user && limit.subject != model::everyone;
}

std::vector<std::string> members_of(const model::Group& group) {
  if (group.name == model::everyone) return {};
  auto members = group.members;
  std::ranges::sort(members);
  const auto repeated = std::ranges::unique(members);
  members.erase(repeated.begin(), repeated.end());
  return members;
}

bool is_about_user(const model::AuditEntry& entry, std::string_view user) {
  constexpr std::array<std::string_view, 4> of_accounts{"account", "log", "password", "refresh"};
  return entry.subject == user &&
         std::ranges::none_of(of_accounts, [&](auto prefix) { return entry.action.starts_with(prefix); });
}

model::AuditEntry without_user(model::AuditEntry entry, std::string_view user) {
  if (entry.subject == user) entry.subject = erased_subject;
  return entry;
}

std::unexpected<base::Error> no_limit(std::uint64_t id) {
  return base::fail("not_found", "there is no limit " + std::to_string(id));
}
std::unexpected<base::Error> no_grant(std::uint64_t id) {
  return base::fail("not_found", "there is no grant " + std::to_string(id));
}
std::unexpected<base::Error> no_group(std::string_view name) {
  return base::fail("not_found", "there is no group " + quoted(name) + ": make it first");
}
std::unexpected<base::Error> no_block(std::string_view user) {
  return base::fail("not_found", quoted(user) + " is not blocked");
}
std::unexpected<base::Error> group_in_use(std::string_view name) {
  return base::fail("in_use", "a limit binds the group " + quoted(name) + ": remove the limit first");
}
std::unexpected<base::Error> user_in_use(std::string_view user) {
  return base::fail("in_use", quoted(user) + " has an open session: end it, or block the user, and try again");
}
std::unexpected<base::Error> nameless_user() {
  return base::fail("not_found", "what is kept without a name is nobody's: there is nothing to erase");
}

}  // namespace davylamp::store
