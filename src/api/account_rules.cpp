#include "api/account_rules.hpp"

#include <algorithm>
#include <set>

#include "api/auth/password.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

std::string place(const std::string& member, std::size_t index) {
  return member + "[" + std::to_string(index) + "]";
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && name.size() <= most_account_name_bytes && base::printable(name) == name &&
         base::trim(name) == name;
}

constexpr auto plain_name_words = "must be 1 to 64 bytes of printable text, without blanks at its ends";

}  // namespace

Complaints check_account_name(const std::string& name) {
  Complaints complaints;
  if (!is_plain_name(name)) complaints.add("name", plain_name_words);
  return complaints;
}

Complaints check_scope(const std::vector<std::string>& scope, const std::vector<model::ServerGroup>& groups) {
  Complaints complaints;
  if (scope.size() > most_scope_groups) complaints.add("scope", "names more than 64 server groups");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < scope.size() && i < most_scope_groups; ++i) {
    if (!seen.insert(scope[i]).second) complaints.add(place("scope", i), "is named twice");
    if (std::ranges::find(groups, scope[i], &model::ServerGroup::name) == groups.end())
      complaints.add(place("scope", i), "is no server group");
  }
  return complaints;
}

Complaints check_new_password(const std::string& member, const std::string& password) {
  Complaints complaints;
  if (const auto strong = check_password_strength(password); !strong)
    complaints.add(member, "is too weak: " + strong.error().message);
  return complaints;
}

Complaints check_server_group(const model::ServerGroup& group) {
  Complaints complaints;
  if (!is_plain_name(group.name)) complaints.add("name", plain_name_words);
  if (group.servers.empty()) complaints.add("servers", "must name at least one server");
  if (group.servers.size() > most_group_servers) complaints.add("servers", "names more than 1000 servers");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < group.servers.size() && i < most_group_servers; ++i) {
    if (!is_plain_name(group.servers[i])) complaints.add(place("servers", i), plain_name_words);
    if (!seen.insert(group.servers[i]).second) complaints.add(place("servers", i), "is named twice");
  }
  return complaints;
}

Complaints check_node_name(const std::string& name) {
  Complaints complaints;
  if (!is_plain_name(name) || name.contains('/'))
    complaints.add("name", "must be 1 to 64 bytes of printable text, without a slash and without blanks at its ends");
  return complaints;
}

std::optional<Response> refuse_scoped(const Call& call) {
  if (call.caller->scope.empty()) return std::nullopt;
  return refusal_response(call.request, {403, "not-allowed", "This is for those who see every server.", std::nullopt});
}

std::optional<Response> refuse_programs(const Call& call) {
  if (!call.caller->api_token && !call.request.local_account) return std::nullopt;
  return refusal_response(call.request,
                          {403, "sign-in-needed", "This is for people who signed in, not for programs.", std::nullopt});
}

}  // namespace davylamp::api
