#include "api/agent_checks.hpp"

#include <algorithm>
#include <cctype>

#include "api/agents/agent_name.hpp"
#include "base/text.hpp"
#include "model/network.hpp"

namespace davylamp::api {
namespace {

constexpr std::size_t most_items = 64;  // of one list
constexpr std::size_t most_label_bytes = 100;
constexpr std::uint32_t least_interval_seconds = 5;
constexpr std::uint32_t day_seconds = 86'400;
constexpr auto longest_silence = std::chrono::hours(24 * 366);

void check_text(Complaints& complaints, const std::string& member, const std::string& text, std::size_t most) {
  if (text.size() > most) complaints.add(member, "is longer than " + std::to_string(most) + " bytes");
}

void check_count(Complaints& complaints, const std::string& member, std::size_t count) {
  if (count > most_items) complaints.add(member, "has more than " + std::to_string(most_items) + " entries");
}

void check_range(Complaints& complaints, const std::string& member, std::uint64_t value, std::uint64_t least,
                 std::uint64_t most) {
  if (value < least || value > most)
    complaints.add(member, "must be " + std::to_string(least) + " to " + std::to_string(most));
}

void check_countries(Complaints& complaints, const std::string& member, std::vector<std::string>& countries) {
  check_count(complaints, member, countries.size());
  for (auto& code : countries) {
    for (auto& c : code) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const bool fits = code.size() == 2 && std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!fits) complaints.add(member, "must be country codes of two letters, such as DE");
  }
}

void check_networks(Complaints& complaints, const std::string& member, const std::vector<std::string>& networks) {
  check_count(complaints, member, networks.size());
  const auto is_network = [](const std::string& text) { return model::Network::parse(text).has_value(); };
  if (!std::ranges::all_of(networks, is_network))
    complaints.add(member, "must be addresses or blocks of them, such as 198.51.100.0/24");
}

void check_asns(Complaints& complaints, const std::string& member, const std::vector<std::uint32_t>& asns) {
  check_count(complaints, member, asns.size());
  if (std::ranges::find(asns, 0U) != asns.end()) complaints.add(member, "must be numbers of networks above 0");
}

bool is_time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return false;
  const auto hour = base::parse_number<std::uint32_t>(text.substr(0, 2));
  const auto minute = base::parse_number<std::uint32_t>(text.substr(3));
  return hour && minute && *hour < 24 && *minute < 60;
}

void check_clock(Complaints& complaints, const model::AlertRule& rule, const base::Zones& zones) {
  if (rule.by_clock && !is_time_of_day(*rule.by_clock)) complaints.add("by_clock", "must be a time such as 09:00");
  if (rule.condition == model::ConditionKind::user_absent && !rule.by_clock)
    complaints.add("by_clock", "must say by when the user is expected, such as 09:00");
  if (rule.zone && (rule.zone->size() > 64 || !zones.span(*rule.zone, base::Time{})))
    complaints.add("zone", "is not a time zone of this host; write one like Europe/Berlin or UTC");
}

}  // namespace

Complaints check_agent(model::AgentSettings& settings) {
  Complaints complaints;
  if (agent_name(settings.name) != settings.name)
    complaints.add("name", "must be 1 to 100 letters, digits, dots, dashes or underscores");
  check_text(complaints, "site", settings.site, most_label_bytes);
  check_text(complaints, "label", settings.label, most_label_bytes);
  check_range(complaints, "interval_seconds", settings.interval_seconds, least_interval_seconds, 31 * day_seconds);
  check_range(complaints, "grace_seconds", settings.grace_seconds, 0, 31 * day_seconds);
  check_range(complaints, "learning_heartbeats", settings.learning_heartbeats, 1, 1'000);
  check_countries(complaints, "exit.countries", settings.exit.countries);
  check_asns(complaints, "exit.asns", settings.exit.asns);
  check_networks(complaints, "exit.networks", settings.exit.networks);
  check_countries(complaints, "resolver.countries", settings.resolver.countries);
  check_asns(complaints, "resolver.asns", settings.resolver.asns);
  check_networks(complaints, "resolver.networks", settings.resolver.networks);
  check_networks(complaints, "real_networks", settings.real_networks);
  return complaints;
}

Complaints check_rule(const model::AlertRule& rule, const std::vector<Channel>& channels, const base::Zones& zones) {
  Complaints complaints;
  if (base::trim(rule.name).empty()) complaints.add("name", "must not be empty");
  check_text(complaints, "name", rule.name, most_label_bytes);
  check_text(complaints, "subject", rule.subject, most_name_bytes);
  check_range(complaints, "hold_seconds", rule.hold_seconds, 0, 7 * day_seconds);
  check_range(complaints, "clear_seconds", rule.clear_seconds, 0, 7 * day_seconds);
  check_range(complaints, "repeat_seconds", rule.repeat_seconds, 0, 31 * day_seconds);
  if (rule.repeat_seconds != 0 && rule.repeat_seconds < 60)
    complaints.add("repeat_seconds", "must be 0, or at least 60");
  check_range(complaints, "of", rule.of, 1, 100);
  if (rule.needed < 1 || rule.needed > rule.of) complaints.add("needed", "must be 1 to the number of looks (of)");
  check_count(complaints, "channels", rule.channels.size());
  for (const auto& name : rule.channels) {
    if (std::ranges::find(channels, name, &Channel::name) == channels.end())
      complaints.add("channels", "must be channels of the configuration, or none for all of them");
  }
  check_clock(complaints, rule, zones);
  return complaints;
}

Complaints check_silence(model::Silence& silence, base::Time now) {
  Complaints complaints;
  if (silence.starts_at == base::Time{}) silence.starts_at = now;
  check_text(complaints, "subject", silence.subject, most_name_bytes);
  check_reason(complaints, silence.reason, Need::required);
  if (silence.ends_at <= now) complaints.add("ends_at", "must be in the future");
  if (silence.ends_at <= silence.starts_at) complaints.add("ends_at", "must be later than starts_at");
  if (silence.ends_at - silence.starts_at > longest_silence) complaints.add("ends_at", "must be within a year");
  return complaints;
}

}  // namespace davylamp::api
