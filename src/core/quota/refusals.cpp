#include "core/quota/refusals.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::core {
namespace {

constexpr base::Seconds due_after{10};
constexpr base::Seconds minute{60};
constexpr std::size_t most_tries = 3;
constexpr base::Seconds calm_after{600};
constexpr base::Seconds list_every{30};
constexpr base::Seconds order_holds{10};
constexpr base::Seconds list_holds{60};

// Also true when the clock was set back since.
bool is_over(base::Time at, base::Seconds span, base::Time now) {
  return now - at >= span || now < at;
}

model::EndReason reason_of(const Refused& refused) {
  return refused.refusal.reason == model::RefusalReason::blocked ? model::EndReason::blocked : model::EndReason::quota;
}

}  // namespace

void Refusals::set(const std::string& user, std::optional<Refused> refused) {
  const auto found = entries_.find(user);
  if (!refused) {
    if (found == entries_.end()) return;
    entries_.erase(found);
    changed_ = true;
    return;
  }
  auto& entry = found == entries_.end() ? entries_[user] : found->second;
  if (found != entries_.end() && entry.refused == *refused) return;
  entry.refused = std::move(*refused);
  changed_ = true;
}

void Refusals::enforce(const std::string& user, const SessionTracker& sessions, base::Time now) {
  const auto found = entries_.find(user);
  if (found != entries_.end()) enforce(found->second, sessions, now);
}

void Refusals::tick(const SessionTracker& sessions, base::Time now) {
  for (auto& [user, entry] : entries_) enforce(entry, sessions, now);
}

void Refusals::enforce(Entry& entry, const SessionTracker& sessions, base::Time now) {
  const auto& refusal = entry.refused.refusal;
  const auto open = sessions.sessions_of(refusal.user);
  if (open.empty()) {
    entry.told.clear();
    if (entry.returns && is_over(entry.seen_at, calm_after, now)) entry.returns = false;
    return;
  }
  entry.seen_at = now;
  const auto told_at = [&](model::SessionId id) {
    const auto found = std::ranges::find(entry.told, id, &std::pair<model::SessionId, base::Time>::first);
    return found == entry.told.end() ? std::optional<base::Time>{} : found->second;
  };
  const auto is_due = [&](const auto* row) {
    const auto at = told_at(row->session.id);
    return !at || is_over(*at, due_after, now);
  };
  if (std::ranges::none_of(open, is_due)) return;
  std::erase_if(entry.tries, [&](auto at) { return is_over(at, minute, now); });
  if (entry.returns && !entry.tries.empty()) return;
  if (entry.tries.size() >= most_tries) {
    entry.returns = true;
    say_returns(entry, *open.front(), now);
    return;
  }
  entry.tries.push_back(now);
  std::vector<std::pair<model::SessionId, base::Time>> told;
  for (const auto* row : open) {
    const auto id = row->session.id;
    const bool due = is_due(row);
    told.emplace_back(id, due ? now : *told_at(id));
    if (!due) continue;
    commands_.push_back({0, now + order_holds,
                         model::EndSession{row->source, row->peer, id, refusal.user, model::EndMode::refuse,
                                           reason_of(entry.refused), entry.refused.message}});
  }
  entry.told = std::move(told);
}

void Refusals::say_returns(const Entry& entry, const model::StoredSession& row, base::Time now) {
  model::Event event;
  event.at = now;
  event.kind = model::EventKind::user_returns;
  event.server = row.session.server;
  event.user = entry.refused.refusal.user;
  event.session_id = row.session.id;
  event.place = row.session.place;
  event.text = *event.user + " is refused and yet connected to " + event.server +
               " after being disconnected three times in a minute; from now on once a minute. Is the connect hook "
               "installed there?";
  events_.push_back(std::move(event));
}

std::vector<model::Command> Refusals::take(bool known, base::Time now) {
  auto commands = std::exchange(commands_, {});
  if (!known || (!changed_ && !is_over(listed_at_, list_every, now))) return commands;
  listed_at_ = now;
  changed_ = false;
  model::RefuseUsers list;
  list.refusals.reserve(entries_.size());
  for (const auto& [user, entry] : entries_) list.refusals.push_back(entry.refused.refusal);
  commands.push_back({0, now + list_holds, std::move(list)});
  return commands;
}

}  // namespace davylamp::core
