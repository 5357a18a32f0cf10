#include "api/scope.hpp"

#include <algorithm>

namespace davylamp::api {
namespace {

// No server is called this: a query for it finds nothing.
constexpr std::string_view no_server = "\n";

void sort_out(std::vector<std::string>& names) {
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
}

// The server that an incident is about; nothing when it is about something else.
std::optional<std::string_view> server_of(const model::Incident& incident) {
  using enum model::ConditionKind;
  const auto condition = incident.condition;
  if (condition == server_down || condition == server_degraded || condition == certificate_expires)
    return incident.subject;
  const auto found = incident.values.find("server");
  if (found == incident.values.end()) return std::nullopt;
  return found->second;
}

}  // namespace

Scope::Scope(std::vector<std::string> names, const std::vector<model::ServerGroup>& groups) : names_(std::move(names)) {
  for (const auto& group : groups) {
    if (std::ranges::find(names_, group.name) == names_.end()) continue;
    for (const auto& server : group.servers) {
      if (server.ends_with('*')) {
        prefixes_.push_back(server.substr(0, server.size() - 1));
      } else {
        servers_.push_back(server);
      }
    }
  }
  sort_out(servers_);
  sort_out(prefixes_);
  if (names_.empty()) return;
  key_ = "scope";
  for (const auto& server : servers_) key_ += "\n" + server;
  for (const auto& prefix : prefixes_) key_ += "\n" + prefix + "*";
}

bool Scope::sees(std::string_view server) const {
  if (is_everything()) return true;
  if (server.empty()) return false;
  return std::ranges::binary_search(servers_, server, std::ranges::less{}) ||
         std::ranges::any_of(prefixes_, [&](const auto& prefix) { return server.starts_with(prefix); });
}

bool Scope::sees(const model::Incident& incident) const {
  if (is_everything()) return true;
  const auto server = server_of(incident);
  return server && sees(*server);
}

std::vector<std::string> Scope::narrow(std::vector<std::string> asked, const std::vector<std::string>& known) const {
  if (is_everything()) return asked;
  if (asked.empty()) asked = known;
  std::erase_if(asked, [this](const auto& server) { return !sees(server); });
  if (asked.empty()) asked.emplace_back(no_server);
  return asked;
}

}  // namespace davylamp::api
