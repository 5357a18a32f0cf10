#include "core/alerts/wording.hpp"

#include "base/text.hpp"
#include "core/alerts/sign.hpp"
#include "core/quota/period_span.hpp"
#include "core/wording.hpp"

namespace davylamp::core {
namespace {

using model::ConditionKind;
using Values = std::map<std::string, std::string>;

std::string value(const Values& values, const char* key, const char* otherwise = "") {
  const auto found = values.find(key);
  return found == values.end() ? otherwise : found->second;
}

// `before` and the value, when there is one.
std::string with(const Values& values, const char* key, const std::string& before, const std::string& after = "") {
  const auto found = values.find(key);
  return found == values.end() ? std::string{} : before + found->second + after;
}

std::string at_text(const Values& values, const char* key, const std::string& before) {
  const auto seconds = base::parse_number<std::int64_t>(value(values, key));
  return seconds ? before + utc_text(base::from_unix_seconds(*seconds)) : std::string{};
}

// What somebody wrote already, as a sentence of ours.
std::string sentence(std::string text) {
  if (!text.empty() && text.back() != '.' && text.back() != '!' && text.back() != '?') text += '.';
  return text;
}

std::string exit_text(const Values& values) {
  auto text = with(values, "exit", "its exit is ");
  text += with(values, "country", text.empty() ? "its exit is in " : " in ");
  return text + with(values, "network", " (", ")");
}

struct Words {
  std::string title;
  std::string text;
};

Words detailed(const std::string& title, const Values& values, const std::string& otherwise) {
  return {title, sentence(value(values, "detail", otherwise.c_str()))};
}

Words agent_words(ConditionKind condition, const std::string& subject, const Values& values) {
  switch (condition) {
    case ConditionKind::agent_down:
      return {subject + " is silent",
              "No heartbeat came in time" + at_text(values, "since", "; the last one was at ") + "."};
    case ConditionKind::agent_failed:
      return detailed(subject + " reports a failure", values, "It said so itself");
    case ConditionKind::agent_bypass:
      return detailed(subject + " bypasses its tunnel", values,
                      "Its traffic leaves by a real address of its site" + with(values, "exit", ": "));
    case ConditionKind::agent_dns_leak:
      return detailed(subject + " leaks DNS", values,
                      "Its names are looked up outside the tunnel" + with(values, "resolver", ", by ") +
                          with(values, "resolver_country", " in "));
    case ConditionKind::agent_ipv6_leak:
      return detailed(subject + " leaks IPv6", values, "IPv6 leaves beside the tunnel");
    case ConditionKind::agent_unexpected_exit:
      return detailed(subject + " leaves at an unexpected exit", values,
                      "It leaves elsewhere: " + exit_text(values) + with(values, "expected", "; expected: "));
    case ConditionKind::agent_exit_changed:
      return detailed(subject + " has another exit", values, "Now " + exit_text(values));
    case ConditionKind::agent_tunnel_down:
      return detailed("The tunnel of " + subject + " is down", values, "The agent is alive and says so");
    case ConditionKind::agent_degraded:
    default:
      return detailed("The tunnel of " + subject + " is worse than usual", values, "Loss or latency is high");
  }
}

Words site_words(const Values& values) {
  const auto site = value(values, "site");
  const auto count = value(values, "count", "Many");
  const auto of = with(values, "limit", " of ");
  const auto where = site.empty() ? std::string{} : " of site " + site;
  return {site.empty() ? "Many agents are silent at once" : "Site " + site + " is silent",
          count + of + " agents" + where + " fell silent together" + at_text(values, "since", ", from ") +
              (site.empty() ? ": the hub, its network or what they share." : ".") +
              " They are not told of one by one."};
}

Words ledger_words(ConditionKind condition, const std::string& subject, const Values& values) {
  switch (condition) {
    case ConditionKind::server_down:
      return detailed(subject + " is down", values, "It cannot be reached");
    case ConditionKind::server_degraded:
      return detailed(subject + " is not well", values, "Its answers are late or missing");
    case ConditionKind::quota_near:
      return {subject + " has used " + value(values, "percent", "most") + " % of a limit",
              value(values, "detail", "Most") + with(values, "limit", " of ") + " used" +
                  at_text(values, "time", "; it resets at ") + "."};
    case ConditionKind::quota_reached:
      return {subject + " has reached a limit", value(values, "detail", "All") + with(values, "limit", " of ") +
                                                    " used" + at_text(values, "time", "; it resets at ") + "."};
    case ConditionKind::certificate_expires:
      return {"A certificate of " + subject + " ends in " + value(values, "count", "a few") + " days",
              sentence(value(values, "detail", "A certificate") + at_text(values, "time", " ends at "))};
    case ConditionKind::job_failed:
      return detailed("The job " + subject + " failed", values, "It did not do its work");
    case ConditionKind::attempts_many:
      return detailed("Many attempts at " + subject, values, "Far more than usual");
    case ConditionKind::warning:
    default:
      return detailed("Early warning: " + subject, values, "Something is changing");
  }
}

Words user_words(ConditionKind condition, const std::string& subject, const Values& values) {
  const auto from = with(values, "city", " from ") + with(values, "country", values.contains("city") ? ", " : " from ");
  switch (condition) {
    case ConditionKind::user_connected:
      return {subject + " connected", sentence(subject + " connected" + with(values, "detail", " to ") + from)};
    case ConditionKind::user_disconnected:
      return {subject + " disconnected", sentence(subject + " left" + with(values, "detail", " "))};
    case ConditionKind::user_new_country:
      return {subject + " is in a new country",
              sentence(subject + " came" + (from.empty() ? " from a country not seen before" : from) +
                       with(values, "before", "; before from "))};
    case ConditionKind::user_absent:
      return {subject + " has not connected",
              sentence(subject + " did not connect by " + value(values, "time", "the time") +
                       with(values, "detail", ". "))};
    case ConditionKind::user_returns:
    default:
      return detailed(subject + " keeps coming back", values, "Refused, and tries again and again");
  }
}

Words words_of(const model::Incident& incident) {
  const auto condition = incident.condition;
  if (condition == ConditionKind::site_down) return site_words(incident.values);
  if (condition < ConditionKind::site_down) return agent_words(condition, incident.subject, incident.values);
  if (condition >= ConditionKind::user_connected && condition <= ConditionKind::user_returns) {
    return user_words(condition, incident.subject, incident.values);
  }
  return ledger_words(condition, incident.subject, incident.values);
}

}  // namespace

std::string utc_text(base::Time at) {
  return local_text(base::utc_zones, "UTC", at) + " UTC";
}

void put_words(model::Incident& incident, bool flapping) {
  auto words = words_of(incident);
  if (flapping) words.text += " It comes and goes; the next word is when it has been calm for 15 minutes.";
  if (incident.state == model::IncidentState::resolved && incident.resolved_at && !is_occasion(incident.condition)) {
    words.text += " Over after " + span_text(*incident.resolved_at - incident.since_at) + ".";
  }
  incident.title = std::move(words.title);
  incident.text = std::move(words.text);
}

}  // namespace davylamp::core
