#include "core/quota/quotas.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::core {

void Quotas::restore(const model::Checkpoint& checkpoint) {
  tells_ = checkpoint.shard.is_chief();
  for (const auto& row : checkpoint.open_sessions) book_.seen(row.session.user);
}

void Quotas::set_limits(const model::Limits& limits, const SessionTracker& sessions, base::Time now) {
  now_ = now;
  set_blocks(limits.blocks);
  book_.set_limits(limits, now);
  settle(sessions);
}

void Quotas::set_blocks(const std::vector<model::Block>& blocks) {
  auto before = std::exchange(blocks_, {});
  for (const auto& block : blocks) {
    if (block.until_at && *block.until_at <= now_) continue;
    blocks_[block.user] = block;
    touched_.push_back(block.user);
    if (before.erase(block.user) == 0 && laid_down_)
      say(model::EventKind::user_blocked, block.user,
          block.user + " is blocked" + (block.reason.empty() ? "" : ": " + block.reason));
  }
  for (const auto& [user, block] : before) {
    touched_.push_back(user);
    say(model::EventKind::user_unblocked, user, user + " is not blocked any more");
  }
  laid_down_ = true;
}

void Quotas::end_blocks() {
  std::erase_if(blocks_, [&](const auto& entry) {
    const auto& [user, block] = entry;
    if (!block.until_at || *block.until_at > now_) return false;
    touched_.push_back(user);
    say(model::EventKind::user_unblocked, user, user + " is not blocked any more: the time is over");
    return true;
  });
}

void Quotas::follow(const SessionTracker& sessions) {
  for (const auto& moved : sessions.moved_now())
    book_.moved(*moved.note, moved.row->session.user, moved.bytes, moved.at);
  for (const auto* row : sessions.opened_now()) {
    const auto& user = row->session.user;
    book_.seen(user);
    if (refusals_.contains(user)) refusals_.enforce(user, sessions, now_);
  }
  if (book_.has_touched()) settle(sessions);
}

void Quotas::hear(const model::Observation& observation) {
  if (const auto* refused = std::get_if<model::LoginRefused>(&observation.fact))
    logins_.add(observation.source.name, observation.at, *refused);
}

void Quotas::tick(const SessionTracker& sessions, base::Time now) {
  now_ = now;
  book_.tick(now);
  end_blocks();
  settle(sessions);
  refusals_.tick(sessions, now);
  near_limit_.tick(book_, sessions, now, commands_);
  logins_.tick(now);
}

void Quotas::set_usage(base::Time from, const std::vector<model::UserUsage>& rows, const SessionTracker& sessions) {
  book_.set_usage(from, rows);
  settle(sessions);
}

std::optional<Refused> Quotas::refused(const std::string& user) const {
  const auto block = blocks_.find(user);
  if (block == blocks_.end()) return book_.refused(user);
  return Refused{{user, model::RefusalReason::blocked, block->second.until_at}, "Access is blocked."};
}

void Quotas::settle(const SessionTracker& sessions) {
  auto touched = book_.take_touched();
  std::ranges::move(std::exchange(touched_, {}), std::back_inserter(touched));
  for (const auto& user : touched) {
    refusals_.set(user, refused(user));
    refusals_.enforce(user, sessions, now_);
  }
}

void Quotas::say(model::EventKind kind, const std::string& user, std::string text) {
  model::Event event;
  event.at = now_;
  event.kind = kind;
  event.user = user;
  event.text = std::move(text);
  events_.push_back(std::move(event));
}

void Quotas::take(Effects& effects, EventFeed& events) {
  hand_out(book_.take(), effects, events);
}

void Quotas::take_uncut(Effects& effects, EventFeed& events) {
  QuotaNews news;
  news.changes = book_.take_changes();
  hand_out(std::move(news), effects, events);
}

void Quotas::hand_out(QuotaNews news, Effects& effects, EventFeed& events) {
  if (!tells_) {
    news = {};
    events_.clear();
  }
  for (auto* list : {&news.events, &events_}) {
    for (auto& event : std::exchange(*list, {})) events.add(std::move(event));
  }
  for (auto& event : refusals_.take_events()) events.add(std::move(event));
  for (auto& event : logins_.take()) events.add(std::move(event));
  std::ranges::move(news.changes, std::back_inserter(effects.changes));
  effects.periods = std::move(news.periods);
  effects.resets = std::move(news.resets);
  effects.grants = std::move(news.grants);
  effects.commands = take_commands();
}

std::vector<model::Command> Quotas::take_commands() {
  auto commands = refusals_.take(book_.ready(), now_);
  std::ranges::move(std::exchange(commands_, {}), std::back_inserter(commands));
  return commands;
}

}  // namespace davylamp::core
