#include "app/alerting_access.hpp"

#include "app/agent_history.hpp"
#include "app/uplink_end.hpp"

namespace davylamp::app {

std::vector<api::Channel> configured_channels(const NotifyConfig& notify) {
  std::vector<api::Channel> channels;
  const auto add = [&](std::string_view kind, const auto& all) {
    for (const auto& one : all) {
      channels.push_back({.name = one.name,
                          .kind = std::string(kind),
                          .least = one.least,
                          .quiet = one.quiet ? *one.quiet + " " + one.zone : "",
                          .language = std::string(base::json::enum_name(one.language)),
                          .last_delivery = {}});
    }
  };
  add("telegram", notify.telegram);
  add("webhook", notify.webhook);
  add("email", notify.email);
  add("ntfy", notify.ntfy);
  return channels;
}

api::AlertingAccess alerting_access(const Config& config, io::Worker<contract::AgentStore>& agents,
                                    io::Worker<contract::AlertStore>& alerts) {
  return {.agents = &agents,
          .alerts = &alerts,
          .channels = configured_channels(config.notify),
          .history = &agent_history,
          .exits = &compare_exits,
          .uplink_end = uplink_end_of(config)};
}

}  // namespace davylamp::app
