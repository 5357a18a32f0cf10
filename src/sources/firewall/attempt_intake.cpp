#include "sources/firewall/attempt_intake.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "sources/firewall/kernel_line.hpp"

namespace davylamp::firewall {
namespace {

constexpr std::chrono::hours oldest{31 * 24};
// Clocks of a log and of this program differ; what is further ahead is a wrong stamp.
constexpr std::chrono::minutes ahead{5};

bool begins_with_any(std::string_view prefix, const std::vector<std::string>& wanted) {
  return std::ranges::any_of(wanted,
                             [prefix](const std::string& text) { return prefix.starts_with(base::trim(text)); });
}

base::Time not_ahead(base::Time at, base::Time now) {
  return at > now + ahead ? now : at;
}

}  // namespace

AttemptIntake::AttemptIntake(Rules rules, const AttemptCounter::Limits& limits)
    : rules_(std::move(rules)), counter_(rules_.server, limits) {}

std::optional<model::AttemptOutcome> AttemptIntake::outcome_of(std::string_view prefix) const {
  if (rules_.accepted.empty() && rules_.refused.empty()) return model::AttemptOutcome::refused;
  if (begins_with_any(prefix, rules_.accepted)) return model::AttemptOutcome::accepted;
  if (begins_with_any(prefix, rules_.refused)) return model::AttemptOutcome::refused;
  return std::nullopt;
}

void AttemptIntake::take_packet(const Packet& packet, bool came_in, base::Time at, base::Time now) {
  ++stats_.packets;
  const auto outcome = outcome_of(packet.prefix);
  if (!outcome) {
    ++stats_.others;
  } else if (!came_in) {
    ++stats_.outgoing;
  } else if (at < now - oldest) {
    ++stats_.too_old;
  } else {
    counter_.count(
        {packet.source, protocol_name(packet.protocol), packet.destination_port, *outcome, packet.prefix, ""},
        not_ahead(at, now));
  }
}

void AttemptIntake::take_firewall_line(const LogLine& line, base::Time now, std::optional<base::Time> booted_at) {
  const auto packet = read_kernel_line(line.message);
  if (!packet) return;
  if (!*packet) {
    ++stats_.unreadable;
    return;
  }
  const auto at = line.time ? to_time(*line.time, now, booted_at).value_or(now) : now;
  take_packet(**packet, !(*packet)->in_interface.empty(), at, now);
}

void AttemptIntake::take_openvpn_line(const LogLine& line, base::Time now) {
  const auto failure = read_openvpn_line(line.message);
  if (!failure) return;
  const auto at = not_ahead(line.time ? to_time(*line.time, now, std::nullopt).value_or(now) : now, now);
  if (at < now - oldest) {
    ++stats_.too_old;
    return;
  }
  count(failures_.take_in(*failure, at));
}

void AttemptIntake::count(const std::vector<FailedClient>& failed) {
  for (const auto& client : failed) {
    counter_.count({client.peer ? std::optional(client.peer->address) : std::nullopt, client.transport, std::nullopt,
                    model::AttemptOutcome::failed, client.why, client.user},
                   client.at);
  }
}

std::vector<model::AttemptCount> AttemptIntake::take(base::Time now) {
  count(failures_.expire(now));
  return counter_.take(now);
}

std::vector<model::AttemptCount> AttemptIntake::take_all(base::Time now) {
  count(failures_.finish());
  return counter_.take_all(now);
}

}  // namespace davylamp::firewall
