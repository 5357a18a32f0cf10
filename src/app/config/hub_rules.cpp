// What must hold of [hub] and [canary].
#include <algorithm>

#include "app/config/rules.hpp"
#include "base/text.hpp"
#include "model/network.hpp"

namespace davylamp::app {
namespace {

constexpr std::size_t longest_domain = 200;  // so that a canary's name before it fits into 253
constexpr std::size_t longest_label = 63;

bool is_label(std::string_view label) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= longest_label && std::ranges::all_of(label, plain) && label.front() != '-' &&
         label.back() != '-';
}

bool is_domain(std::string_view name) {
  const auto labels = base::split(name, '.');
  return name.size() <= longest_domain && labels.size() >= 2 && std::ranges::all_of(labels, is_label);
}

void check_domain(const std::string& key, const std::optional<std::string>& name, std::vector<std::string>& problems) {
  if (!name || is_domain(*name)) return;
  problems.push_back(key + ": \"" + base::printable(*name) +
                     "\" is not a domain name in small letters without a dot at its end, such as canary.example.org");
}

}  // namespace

std::vector<std::string> broken_hub_rules(const Config& config) {
  std::vector<std::string> problems;
  const auto& hub = config.hub;
  for (std::size_t i = 0; i < hub.allow.size(); ++i) {
    if (model::Network::parse(hub.allow[i])) continue;
    problems.push_back("hub.allow[" + std::to_string(i) + "]: \"" + base::printable(hub.allow[i]) +
                       "\" is not a block of addresses such as 192.0.2.0/24 or 2001:db8::/32");
  }
  if (hub.per_minute < 1 || hub.per_minute > 60'000)
    problems.emplace_back("hub.per_minute: must be between 1 and 60000");
  if (hub.burst < 1 || hub.burst > 60'000) problems.emplace_back("hub.burst: must be between 1 and 60000");
  if (hub.journal_days > 3'650) problems.emplace_back("hub.journal_days: must be at most 3650, which is ten years");
  if (hub.shared_key_file && !hub.shared_key_file->starts_with('/') && !hub.shared_key_file->starts_with("env:"))
    problems.emplace_back(
        "hub.shared_key_file: must be an absolute path, which begins with /, or env: and the name of a variable");
  check_domain("canary.zone", config.canary.zone, problems);
  check_domain("canary.name_server", config.canary.name_server, problems);
  if (const auto listen = parse_listen(config.canary.listen); !listen)
    problems.push_back("canary.listen: " + listen.error().message);
  return problems;
}

}  // namespace davylamp::app
