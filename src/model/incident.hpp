// Something is wrong, or worth telling: rules, incidents, and who is told.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/agent.hpp"

namespace davylamp::model {

enum class Severity { notice, warning, critical };
BOOST_DESCRIBE_ENUM(Severity, notice, warning, critical)

// What a rule looks at. Each has its words in every language (notify catalogue).
enum class ConditionKind {
  agent_down,
  agent_failed,
  agent_bypass,
  agent_dns_leak,
  agent_ipv6_leak,
  agent_unexpected_exit,
  agent_exit_changed,  // an occasion
  agent_tunnel_down,
  agent_degraded,
  site_down,  // many agents of a site, or of the hub, at once
  server_down,
  server_degraded,
  quota_near,
  quota_reached,
  user_connected,     // an occasion
  user_disconnected,  // an occasion
  user_new_country,   // an occasion
  user_absent,        // did not connect by the time of day that the rule says
  user_returns,       // one who is refused comes again and again
  attempts_many,
  certificate_expires,
  job_failed,
  warning,  // early: a forecast, a change in a series
};
BOOST_DESCRIBE_ENUM(ConditionKind, agent_down, agent_failed, agent_bypass, agent_dns_leak, agent_ipv6_leak,
                    agent_unexpected_exit, agent_exit_changed, agent_tunnel_down, agent_degraded, site_down,
                    server_down, server_degraded, quota_near, quota_reached, user_connected, user_disconnected,
                    user_new_country, user_absent, user_returns, attempts_many, certificate_expires, job_failed,
                    warning)

// A rule: which condition, on what, for how long, how grave, who is told. Data, changed by operators.
struct AlertRule {
  std::uint64_t id = 0;
  std::string name;
  ConditionKind condition = ConditionKind::agent_down;
  std::string subject;              // a glob over the subject's name ("*", "office-*"); empty: all
  std::uint32_t hold_seconds = 0;   // it must hold so long before it fires
  std::uint32_t clear_seconds = 0;  // ... and be away so long before it is resolved (hysteresis)
  std::uint32_t needed = 1;         // N of the last `of` looks
  std::uint32_t of = 1;
  Severity severity = Severity::warning;
  std::vector<std::string> channels;    // names; empty: every channel
  std::optional<std::string> by_clock;  // user_absent: "09:00", in `zone`
  std::optional<std::string> zone;      // an IANA name
  std::uint32_t repeat_seconds = 0;     // said again while nobody takes it; 0: once
  bool enabled = true;
  bool operator==(const AlertRule&) const = default;
};
BOOST_DESCRIBE_STRUCT(AlertRule, (),
                      (id, name, condition, subject, hold_seconds, clear_seconds, needed, of, severity, channels,
                       by_clock, zone, repeat_seconds, enabled))

// Nobody is told of what matches until `ends_at`; the incident is there, hatched. A maintenance window also stops the
// count of downtime. Always has an end and a reason.
struct Silence {
  std::uint64_t id = 0;
  bool maintenance = false;
  std::optional<ConditionKind> condition;
  std::string subject;  // a glob over subject and parent; empty: all
  base::Time starts_at{};
  base::Time ends_at{};
  std::string reason;
  std::string made_by;
  bool operator==(const Silence&) const = default;
};
BOOST_DESCRIBE_STRUCT(Silence, (), (id, maintenance, condition, subject, starts_at, ends_at, reason, made_by))

enum class IncidentState { pending, firing, resolved };
BOOST_DESCRIBE_ENUM(IncidentState, pending, firing, resolved)

// A step in an incident's life, for its timeline.
struct IncidentMark {
  base::Time at{};
  std::string what;  // "seen", "fired", "told", "acknowledged", "silenced", "folded", "flapping", "resolved", "note"
  std::string text;
  bool operator==(const IncidentMark&) const = default;
};
BOOST_DESCRIBE_STRUCT(IncidentMark, (), (at, what, text))

// `key` is what makes it one: rule, condition and subject. An occasion is fired and resolved at once. `values` are the
// words of the catalogue's sentences ("exit", "country", "seconds"), hostile; `title` and `text` are those sentences in
// English. `folded_into`: the incident that explains this one: nobody is told of this one.
struct Incident {
  static constexpr std::size_t most_marks = 100;
  std::uint64_t id = 0;
  std::string key;
  std::uint64_t rule_id = 0;
  ConditionKind condition = ConditionKind::agent_down;
  std::string subject;
  std::optional<std::string> parent;  // "server udp", "site office"
  Severity severity = Severity::warning;
  IncidentState state = IncidentState::pending;
  std::string title;
  std::string text;
  std::map<std::string, std::string> values;
  std::vector<EvidenceLine> evidence;
  base::Time since_at{};  // when it began to hold
  std::optional<base::Time> fired_at;
  std::optional<base::Time> resolved_at;
  std::optional<base::Time> acknowledged_at;
  std::optional<std::string> acknowledged_by;
  std::optional<std::uint64_t> silence_id;
  std::optional<std::uint64_t> folded_into;
  std::uint32_t folded = 0;  // incidents that this one explains
  std::uint32_t flaps = 0;   // times it came back within its clear time or soon after
  std::vector<IncidentMark> marks;
  bool operator==(const Incident&) const = default;
};
BOOST_DESCRIBE_STRUCT(Incident, (),
                      (id, key, rule_id, condition, subject, parent, severity, state, title, text, values, evidence,
                       since_at, fired_at, resolved_at, acknowledged_at, acknowledged_by, silence_id, folded_into,
                       folded, flaps, marks))

// What is said of an incident.
enum class NoticeKind { fired, again, resolved, test };
BOOST_DESCRIBE_ENUM(NoticeKind, fired, again, resolved, test)

// To say one thing on one channel. Stored with the incident in one transaction; what is not done is tried again after a
// restart. `incident` as it was then. Several incidents that fire together on one channel are one: `others` more.
enum class DeliveryState { waiting, delivered, failed, dropped };
BOOST_DESCRIBE_ENUM(DeliveryState, waiting, delivered, failed, dropped)
struct Delivery {
  std::uint64_t id = 0;
  std::uint64_t incident_id = 0;
  NoticeKind notice = NoticeKind::fired;
  std::string channel;
  DeliveryState state = DeliveryState::waiting;
  base::Time made_at{};
  base::Time next_at{};  // not before: quiet hours, back-off
  std::optional<base::Time> done_at;
  std::uint32_t tries = 0;
  std::string result;  // a sentence: what the provider said
  Incident incident;
  std::uint32_t others = 0;
  bool operator==(const Delivery&) const = default;
};
BOOST_DESCRIBE_STRUCT(Delivery, (),
                      (id, incident_id, notice, channel, state, made_at, next_at, done_at, tries, result, incident,
                       others))

// What operators lay down about alerts. `revision` grows with every change.
struct Alerting {
  std::uint64_t revision = 0;
  std::vector<AlertRule> rules;
  std::vector<Silence> silences;
};
BOOST_DESCRIBE_STRUCT(Alerting, (), (revision, rules, silences))

}  // namespace davylamp::model
