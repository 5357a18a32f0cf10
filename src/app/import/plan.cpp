#include "app/import/plan.hpp"

#include <algorithm>
#include <limits>

namespace davylamp::app {
namespace {

constexpr base::Seconds hour{3600};
constexpr base::Seconds day{86'400};
constexpr std::uint64_t most_bytes = std::numeric_limits<std::int64_t>::max() / 1'000'000;
constexpr std::size_t longest_user_bytes = 440;

std::string why_not(const model::Session& session, const ImportWish& wish) {
  if (session.user.empty()) return "has no user";
  if (session.user.size() > longest_user_bytes) return "has a user name longer than 440 bytes";
  if (*session.closed_at < session.opened_at) return "ends before it begins";
  if (*session.closed_at > wish.now + day) return "ends in the future";
  if (*session.closed_at < wish.oldest) {
    return "is older than [retention] sessions_days keeps; raise it, or set 0, and import again";
  }
  if (session.rx_bytes > most_bytes || session.tx_bytes > most_bytes) return "has impossible counters";
  return {};
}

// `total` in `parts`, the larger ones first.
std::uint64_t share(std::uint64_t total, std::uint64_t parts, std::uint64_t index) {
  return total / parts + (index < total % parts ? 1 : 0);
}

std::vector<model::TrafficIncrement> spread(const model::Session& session) {
  const auto step = *session.closed_at - session.opened_at > 31 * day ? day : hour;
  const auto first = base::floor_to(session.opened_at, step);
  const auto parts = static_cast<std::uint64_t>((base::floor_to(*session.closed_at, step) - first) / step) + 1;
  std::vector<model::TrafficIncrement> traffic;
  for (std::uint64_t i = 0; i < parts; ++i) {
    const model::Counters bytes{share(session.rx_bytes, parts, i), share(session.tx_bytes, parts, i)};
    if (bytes.is_zero()) break;
    const auto at = std::max(session.opened_at, first + static_cast<std::int64_t>(i) * step);
    traffic.push_back({.at = at, .session_id = 0, .server = session.server, .user = session.user, .bytes = bytes});
  }
  return traffic;
}

}  // namespace

void add_session(ImportPlan& plan, const ImportWish& wish, const std::string& key, model::Session session) {
  session.server = wish.server;
  session.source = "import";
  session.state = model::SessionState::closed;
  session.last_seen_at = *session.closed_at;
  session.adopted = true;
  if (auto why = why_not(session, wish); !why.empty()) {
    plan.refused.push_back({record_name("session of", session.user) + " " + key, std::move(why)});
    return;
  }
  auto traffic = spread(session);
  plan.sessions.push_back({key, std::move(session), std::move(traffic)});
}

std::string record_name(std::string_view kind, std::string_view name) {
  return std::string(kind) + " \"" + std::string(name) + "\"";
}

}  // namespace davylamp::app
