#include <algorithm>

#include "api/dto/alerts.hpp"
#include "api/dto/house.hpp"
#include "app/cli/daemon.hpp"
#include "app/cli/moments.hpp"
#include "app/cli/quantities.hpp"
#include "app/cli/text_table.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"
#include "contract/queries.hpp"

namespace davylamp::app {
namespace {

using base::json::enum_name;

std::string state_text(const model::Incident& incident) {
  std::string text(enum_name(incident.state));
  if (incident.acknowledged_by) text += ", taken by " + *incident.acknowledged_by;
  if (incident.silence_id) text += ", silenced";
  if (incident.folded_into) text += ", part of " + std::to_string(*incident.folded_into);
  return text;
}

std::string incidents_text(const contract::IncidentPage& page, bool all) {
  TextTable table({{"ID", Align::right}, {"SEVERITY"}, {"STATE"}, {"SINCE"}, {"ABOUT"}, {"WHAT"}});
  for (const auto& incident : page.items) {
    table.add({std::to_string(incident.id), std::string(enum_name(incident.severity)), state_text(incident),
               time_text(incident.since_at), incident.subject, incident.title});
  }
  if (page.items.empty()) return all ? "Nothing is wrong, and nothing was that is kept.\n" : "Nothing is wrong.\n";
  return table.to_string() + "\n" + std::to_string(page.items.size()) + " of " + std::to_string(page.total) + "\n";
}

std::string channels_of(const model::AlertRule& rule) {
  std::string text;
  for (const auto& channel : rule.channels) text += (text.empty() ? "" : ", ") + channel;
  return text.empty() ? "all" : text;
}

// A number, as ids are typed.
std::optional<std::uint64_t> one_id(const Call& call) {
  if (call.arguments.names.size() != 1) return std::nullopt;
  return base::parse_number<std::uint64_t>(call.arguments.names.front());
}

void say(const Call& call, const std::string& json, const std::string& text) {
  call.world.out << (call.json ? json : text) << "\n";
}

}  // namespace

int run_alerts(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "alerts: takes no names");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const bool all = call.arguments.has("--all");
  const auto* const filter = all ? "" : "&open=true";
  const auto page =
      Daemon(call, *config).get<contract::IncidentPage>("/api/v1/incidents?limit=500" + std::string(filter));
  call.world.out << (call.json ? base::json::write(page) + "\n" : incidents_text(page, all));
  return exit_ok;
}

int run_alerts_ack(const Call& call) {
  const auto id = one_id(call);
  if (!id) return usage_error(call, "alerts ack: needs one ID; davylamp alerts has them");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  Daemon(call, *config).ask({"POST", "/api/v1/incidents/" + std::to_string(*id) + "/acknowledge", ""});
  say(call, "{\"acknowledged\":" + std::to_string(*id) + "}",
      "incident " + std::to_string(*id) + " is yours: it is not said again");
  return exit_ok;
}

int run_alerts_rules(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "alerts rules: takes no names");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto list = Daemon(call, *config).get<api::AlertRuleList>("/api/v1/alert-rules");
  if (call.json) {
    call.world.out << base::json::write(list) << "\n";
    return exit_ok;
  }
  TextTable table(
      {{"ID", Align::right}, {"RULE"}, {"WHEN"}, {"ABOUT"}, {"FOR", Align::right}, {"SEVERITY"}, {"CHANNELS"}, {""}});
  for (const auto& rule : list.items) {
    table.add({std::to_string(rule.id), rule.name, std::string(enum_name(rule.condition)),
               rule.subject.empty() ? "all" : rule.subject, span_text(base::Seconds(rule.hold_seconds)),
               std::string(enum_name(rule.severity)), channels_of(rule), rule.enabled ? "" : "off"});
  }
  call.world.out << table.to_string();
  return exit_ok;
}

int run_silence_add(const Call& call) {
  const auto& names = call.arguments.names;
  const auto until = call.arguments.value("--until");
  const auto reason = call.arguments.value("--reason");
  if (names.size() > 1 || !until || !reason)
    return usage_error(call, "silence add: needs --until and --reason, and at most one SUBJECT");
  model::Silence silence;
  silence.subject = names.empty() ? "" : names.front();
  silence.maintenance = call.arguments.has("--maintenance");
  silence.reason = *reason;
  if (const auto text = call.arguments.value("--condition")) {
    silence.condition = base::json::enum_value<model::ConditionKind>(*text);
    if (!silence.condition)
      return usage_error(call, "silence add: --condition is none; davylamp alerts rules has them");
  }
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const Here here{*call.world.zones, call.arguments.value("--zone").value_or(config->quota.zone),
                  call.world.clock.now()};
  const auto moment = parse_until(*until, here);
  if (!moment) return usage_error(call, "silence add: --until " + moment.error().message);
  silence.ends_at = *moment;
  const auto added = Daemon(call, *config).send<model::Silence>("POST", "/api/v1/silences", silence);
  say(call, base::json::write(added),
      "silence " + std::to_string(added.id) + " over " +
          (added.subject.empty() ? "everything" : base::printable(added.subject)) + " until " +
          local_text(added.ends_at, here));
  return exit_ok;
}

int run_silence_list(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "silence list: takes no names");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  auto list = Daemon(call, *config).get<api::SilenceList>("/api/v1/silences");
  const auto now = call.world.clock.now();
  if (!call.arguments.has("--all")) std::erase_if(list.items, [&](const auto& one) { return one.ends_at <= now; });
  if (call.json) {
    call.world.out << base::json::write(list) << "\n";
    return exit_ok;
  }
  TextTable table({{"ID", Align::right}, {"ABOUT"}, {"CONDITION"}, {"FROM"}, {"UNTIL"}, {"BY"}, {"REASON"}, {""}});
  for (const auto& silence : list.items) {
    table.add({std::to_string(silence.id), silence.subject.empty() ? "all" : silence.subject,
               silence.condition ? std::string(enum_name(*silence.condition)) : "all", time_text(silence.starts_at),
               time_text(silence.ends_at), silence.made_by, silence.reason, silence.maintenance ? "maintenance" : ""});
  }
  call.world.out << (list.items.empty() ? "Nothing is silenced.\n" : table.to_string());
  return exit_ok;
}

int run_silence_end(const Call& call) {
  const auto id = one_id(call);
  if (!id) return usage_error(call, "silence end: needs one ID; davylamp silence list has them");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  Daemon(call, *config).ask({"DELETE", "/api/v1/silences/" + std::to_string(*id), ""});
  say(call, "{\"ended_silence\":" + std::to_string(*id) + "}", "silence " + std::to_string(*id) + " is over");
  return exit_ok;
}

int run_channels(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "channels: takes no names; try davylamp channels test");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto list = Daemon(call, *config).get<api::ChannelList>("/api/v1/channels");
  if (call.json) {
    call.world.out << base::json::write(list) << "\n";
    return exit_ok;
  }
  TextTable table({{"CHANNEL"}, {"KIND"}, {"FROM"}, {"QUIET"}, {"LANGUAGE"}, {"LAST"}, {"RESULT"}});
  for (const auto& channel : list.items) {
    const auto& last = channel.last_delivery;
    table.add({channel.name, channel.kind, std::string(enum_name(channel.least)), channel.quiet, channel.language,
               last ? time_text(last->done_at.value_or(last->made_at)) : "never",
               last ? std::string(enum_name(last->state)) + (last->result.empty() ? "" : ": " + last->result) : ""});
  }
  call.world.out << (list.items.empty() ? "No channel is configured: add one under [[notify.telegram]] or another.\n"
                                        : table.to_string());
  return exit_ok;
}

int run_channels_test(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "channels test: needs one NAME");
  const auto& name = call.arguments.names.front();
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto result = Daemon::read<api::ActionResult>(
      Daemon(call, *config).ask({"POST", "/api/v1/channels/" + base::percent_encoded(name) + "/test", ""}));
  say(call, base::json::write(result), base::printable(result.text));
  return result.ok ? exit_ok : exit_failed;
}

}  // namespace davylamp::app
