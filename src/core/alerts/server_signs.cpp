#include "core/alerts/server_signs.hpp"

#include <algorithm>
#include <utility>

#include "base/codec.hpp"
#include "core/alerts/wording.hpp"
#include "core/wording.hpp"

namespace davylamp::core {
namespace {

using model::ConditionKind;
using model::ServerState;

constexpr base::Seconds expiry_warning{14 * 86'400};
constexpr base::Seconds expiry_alarm{3 * 86'400};
constexpr std::uint64_t near_percent = 80;

Sign state_sign(const model::Server& server, ConditionKind condition, bool holds) {
  Sign sign;
  sign.topic = {condition, server.name, {}};
  sign.holds = holds;
  sign.since = server.since_at;
  sign.values = {{"subject", server.name}, {"detail", server.health}};
  if (server.version) sign.values["version"] = *server.version;
  const std::string state(base::json::enum_name(server.state));
  if (holds) sign.evidence.push_back({"state", state, {}, false, server.health});
  return sign;
}

Sign expiry_sign(const model::Server& server, base::Time now) {
  Sign sign;
  sign.topic = {ConditionKind::certificate_expires, server.name, {}};
  sign.parent = "server " + server.name;
  sign.values["subject"] = server.name;
  for (const auto& expiry : server.expiries) {
    const auto left = expiry.expires_at - now;
    if (left > expiry_warning) continue;
    const auto at = utc_text(expiry.expires_at);
    sign.evidence.push_back({expiry.what, expiry.name, {}, false, (left.count() > 0 ? "Ends " : "Ended ") + at + "."});
    if (left <= expiry_alarm) sign.least = model::Severity::critical;
    if (sign.holds) continue;
    sign.holds = true;
    sign.values["detail"] = expiry.what + " " + expiry.name;
    sign.values["time"] = std::to_string(base::to_unix_seconds(expiry.expires_at));
    const auto days = std::chrono::floor<std::chrono::days>(left).count();
    sign.values["count"] = std::to_string(std::max<std::int64_t>(0, days));
  }
  return sign;
}

Sign quota_sign(const model::Quota& quota, ConditionKind condition, bool holds) {
  Sign sign;
  const auto subject = quota.user.empty() ? "group " + quota.group : quota.user;
  sign.topic = {condition, subject, quota_aspect(quota.limit_id)};
  sign.holds = holds;
  if (!holds) return sign;
  sign.values["subject"] = subject;
  sign.values["limit"] = volume_text(quota.allowed_bytes);
  sign.values["detail"] = volume_text(quota.used_bytes);
  const auto percent = quota.allowed_bytes == 0
                           ? 100.0
                           : 100.0 * static_cast<double>(quota.used_bytes) / static_cast<double>(quota.allowed_bytes);
  sign.values["percent"] = std::to_string(static_cast<std::uint64_t>(percent));
  if (quota.resets_at) sign.values["time"] = std::to_string(base::to_unix_seconds(*quota.resets_at));
  return sign;
}

bool is_near(const model::Quota& quota) {
  if (quota.state == model::QuotaState::ok) return false;
  if (quota.state == model::QuotaState::reached || quota.allowed_bytes == 0) return true;
  return static_cast<double>(quota.used_bytes) * 100 >= static_cast<double>(quota.allowed_bytes) * near_percent;
}

}  // namespace

std::vector<Sign> signs_of(const model::Server& server, base::Time now) {
  std::vector<Sign> signs;
  if (server.state != ServerState::connecting) {
    const bool down = server.state == ServerState::down;
    signs.push_back(state_sign(server, ConditionKind::server_down, down));
    const bool degraded = !down && server.state != ServerState::up;
    signs.push_back(state_sign(server, ConditionKind::server_degraded, degraded));
    signs.back().parent = "server " + server.name;
  }
  signs.push_back(expiry_sign(server, now));
  return signs;
}

std::vector<Sign> signs_of(const model::Quota& quota) {
  const bool reached = quota.state == model::QuotaState::reached;
  return {quota_sign(quota, ConditionKind::quota_reached, reached),
          quota_sign(quota, ConditionKind::quota_near, is_near(quota))};
}

std::string quota_aspect(std::uint64_t limit_id) {
  return "limit " + std::to_string(limit_id);
}

std::vector<Sign> signs_of(const model::Event& event) {
  if (event.kind != model::EventKind::user_returns || !event.user) return {};
  Sign sign;
  sign.topic = {ConditionKind::user_returns, *event.user, {}};
  sign.holds = true;
  sign.look = event.id;
  sign.since = event.at;
  if (!event.server.empty()) sign.parent = "server " + event.server;
  sign.values = {{"subject", *event.user}, {"detail", event.text}};
  return {std::move(sign)};
}

std::vector<Sign> signs_of(const model::HouseJob& job) {
  if (!job.ended_at || (job.began_at && *job.ended_at < *job.began_at)) return {};
  Sign sign;
  sign.topic = {ConditionKind::job_failed, job.name, {}};
  sign.holds = !job.ok;
  sign.look = static_cast<std::uint64_t>(job.ended_at->time_since_epoch().count());
  sign.since = *job.ended_at;
  sign.values = {{"subject", job.name}, {"detail", job.text}};
  if (!job.ok) sign.evidence.push_back({"job", job.name, {}, false, job.text});
  return {std::move(sign)};
}

}  // namespace davylamp::core
