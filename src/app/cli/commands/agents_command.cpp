#include <algorithm>

#include "api/dto/agents.hpp"
#include "app/cli/daemon.hpp"
#include "app/cli/quantities.hpp"
#include "app/cli/text_table.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

using base::json::enum_name;

std::string agent_path(const std::string& name) {
  return "/api/v1/agents/" + base::percent_encoded(name);
}

std::string place_text(const std::optional<model::Place>& place) {
  if (!place) return "";
  std::string text = place->country_code.value_or("");
  if (place->network) text += (text.empty() ? "" : ", ") + *place->network;
  return text;
}

const std::optional<model::AgentExit>& exit_of(const api::AgentView& agent) {
  return agent.exit_v4 && agent.exit_v4->address ? agent.exit_v4 : agent.exit_v6;
}

std::string exit_text(const api::AgentView& agent) {
  const auto& exit = exit_of(agent);
  return exit && exit->address ? exit->address->to_string() : "";
}

std::string heard_text(const api::AgentView& agent, base::Time now) {
  return agent.last_heard_at ? span_text(now - *agent.last_heard_at) + " ago" : "never";
}

std::string list_text(const api::AgentList& list, base::Time now) {
  TextTable table({{"AGENT"}, {"SITE"}, {"VERDICT"}, {"EXIT"}, {"WHERE"}, {"HEARD"}, {"WHY"}});
  for (const auto& agent : list.items) {
    const auto& exit = exit_of(agent);
    table.add({agent.settings.name, agent.settings.site, std::string(enum_name(agent.verdict)), exit_text(agent),
               exit ? place_text(exit->place) : "", heard_text(agent, now), agent.sentence});
  }
  return list.items.empty() ? "No agent is registered; davylamp agents add NAME registers one.\n" : table.to_string();
}

void add_evidence(TextTable& table, const std::vector<model::EvidenceLine>& lines) {
  for (const auto& line : lines)
    table.add({line.as_expected ? "" : "!", line.what, line.value, place_text(line.place), line.text});
}

std::string uptime_text(const model::AgentUptime& uptime) {
  const auto known = uptime.up_seconds + uptime.down_seconds;
  if (known == 0) return "not known";
  const auto hundredths = uptime.up_seconds * 10'000 / known;
  const auto rest = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + (rest.size() == 1 ? ".0" : ".") + rest + " %";
}

std::string detail_text(const api::AgentDetail& detail, base::Time now) {
  const auto& agent = detail.agent;
  std::string text = base::printable(agent.settings.name + ": " + agent.sentence) + "\n";
  text += "heard " + heard_text(agent, now) + ", every " + std::to_string(agent.interval_seconds) + " s, as " +
          std::string(enum_name(agent.reports_as)) + "\n";
  for (const auto& finding : agent.findings) {
    text += "\n" +
            base::printable(std::string(enum_name(finding.kind)) + " since " + time_text(finding.since_at) + ": " +
                            finding.text) +
            "\n";
  }
  TextTable evidence({{""}, {"LOOKED AT"}, {"SAID"}, {"WHERE"}, {"MEANS"}});
  add_evidence(evidence, agent.evidence);
  add_evidence(evidence, agent.resolvers);
  if (!agent.evidence.empty() || !agent.resolvers.empty()) text += "\n" + evidence.to_string();
  TextTable uptime({{"DAYS", Align::right}, {"UP", Align::right}, {"DOWN", Align::right}, {"LEAKING", Align::right}});
  for (const auto& span : detail.history.uptime) {
    uptime.add({std::to_string(span.days), uptime_text(span), span_text(base::Seconds(span.down_seconds)),
                span_text(base::Seconds(span.leaking_seconds))});
  }
  return text + "\n" + uptime.to_string();
}

base::Result<void> take_seconds(const Arguments& arguments, std::string_view option, std::uint32_t& target) {
  const auto text = arguments.value(option);
  if (!text) return {};
  const auto seconds = base::parse_number<std::uint32_t>(*text);
  if (!seconds) return base::fail("usage", std::string(option) + " must be a number of seconds");
  target = *seconds;
  return {};
}

template <class E>
base::Result<void> take_name(const Arguments& arguments, std::string_view option, E& target) {
  const auto text = arguments.value(option);
  if (!text) return {};
  const auto found = base::json::enum_value<E>(*text);
  if (!found) return base::fail("usage", std::string(option) + ": davylamp help agents add names its values");
  target = *found;
  return {};
}

void take_list(const Arguments& arguments, std::string_view option, std::vector<std::string>& target) {
  const auto text = arguments.value(option);
  if (!text) return;
  target.clear();
  for (const auto part : base::split(*text, ',')) {
    if (!base::trim(part).empty()) target.emplace_back(base::trim(part));
  }
}

// What was typed, over what there is.
base::Result<void> apply(const Arguments& arguments, model::AgentSettings& settings) {
  settings.site = arguments.value("--site").value_or(settings.site);
  settings.label = arguments.value("--label").value_or(settings.label);
  take_list(arguments, "--expect-country", settings.exit.countries);
  take_list(arguments, "--expect-network", settings.exit.networks);
  take_list(arguments, "--real-network", settings.real_networks);
  if (arguments.has("--pause") && arguments.has("--resume"))
    return base::fail("usage", "--pause and --resume contradict each other");
  if (arguments.has("--pause") || arguments.has("--resume")) settings.paused = arguments.has("--pause");
  if (auto taken = take_seconds(arguments, "--interval", settings.interval_seconds); !taken) return taken;
  if (auto taken = take_seconds(arguments, "--grace", settings.grace_seconds); !taken) return taken;
  if (auto taken = take_name(arguments, "--dns", settings.resolver.tolerance); !taken) return taken;
  return take_name(arguments, "--ipv6", settings.ipv6);
}

}  // namespace

int run_agents(const Call& call) {
  const auto& names = call.arguments.names;
  if (names.size() > 1) return usage_error(call, "agents: takes at most one NAME");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const Daemon daemon(call, *config);
  const auto now = call.world.clock.now();
  if (names.empty()) {
    const auto list = daemon.get<api::AgentList>("/api/v1/agents");
    call.world.out << (call.json ? base::json::write(list) + "\n" : list_text(list, now));
    return exit_ok;
  }
  const auto detail = daemon.get<api::AgentDetail>(agent_path(names.front()));
  call.world.out << (call.json ? base::json::write(detail) + "\n" : detail_text(detail, now));
  return exit_ok;
}

int run_agents_add(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "agents add: needs one NAME");
  const auto& name = call.arguments.names.front();
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const Daemon daemon(call, *config);
  const auto all = daemon.get<api::AgentList>("/api/v1/agents").items;
  const auto known = std::ranges::find(all, name, [](const auto& agent) { return agent.settings.name; });
  auto settings = known == all.end() ? model::AgentSettings{} : known->settings;
  settings.name = name;
  if (const auto taken = apply(call.arguments, settings); !taken)
    return usage_error(call, "agents add: " + taken.error().message);
  const auto stored = daemon.send<model::AgentSettings>("PUT", agent_path(name), settings);
  if (call.json) {
    call.world.out << base::json::write(stored) << "\n";
  } else if (known != all.end()) {
    call.world.out << base::printable(name) << " is changed\n";
  } else {
    call.world.out << base::printable(name) << " is registered; davylamp agents token " << base::printable(name)
                   << " makes what it shows when it reports\n";
  }
  return exit_ok;
}

int run_agents_token(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "agents token: needs one NAME");
  const auto& name = call.arguments.names.front();
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const Daemon daemon(call, *config);
  if (call.arguments.has("--revoke")) {
    daemon.ask({"DELETE", agent_path(name) + "/token", ""});
    call.world.out << (call.json ? "{\"revoked\":" + base::json::write(name) + "}"
                                 : "no token of " + base::printable(name) + " lets in any more")
                   << "\n";
    return exit_ok;
  }
  const api::TokenRequest wish{call.arguments.has("--one-time"), std::nullopt};
  const auto issued = daemon.send<api::IssuedToken>("POST", agent_path(name) + "/token", wish);
  if (call.json) {
    call.world.out << base::json::write(issued) << "\n";
    return exit_ok;
  }
  call.world.out << base::printable(issued.token) << "\n";
  call.world.err << (issued.expires_at ? "for one enrolment, until " + time_text(*issued.expires_at)
                                       : std::string("shown this once: only its hash is kept"))
                 << "\n";
  return exit_ok;
}

int run_agents_remove(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "agents remove: needs one NAME");
  const auto& name = call.arguments.names.front();
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  Daemon(call, *config).ask({"DELETE", agent_path(name), ""});
  if (call.json) {
    call.world.out << "{\"removed_agent\":" << base::json::write(name) << "}\n";
  } else {
    call.world.out << base::printable(name) << " is removed, with its tokens and its history\n";
  }
  return exit_ok;
}

}  // namespace davylamp::app
