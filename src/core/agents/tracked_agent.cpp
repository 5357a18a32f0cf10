#include "core/agents/tracked_agent.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "core/agents/learning.hpp"
#include "core/agents/presence.hpp"
#include "core/agents/timeline.hpp"
#include "core/agents/verdict.hpp"

namespace davylamp::core {
namespace {

using model::Presence;
using model::RunState;

constexpr base::Seconds hour_span{3600};
// While it is down its hours are written so often: what a crash of the hub may forget of a downtime.
constexpr base::Seconds down_refresh{120};
// Not all agents' hours end in one commit.
constexpr std::size_t spread_seconds = 300;

base::Time heard_at(const model::Heartbeat& heartbeat) {
  return heartbeat.late ? std::min(heartbeat.measured_at, heartbeat.received_at) : heartbeat.received_at;
}

}  // namespace

TrackedAgent::TrackedAgent(const model::AgentSettings& settings, CanaryBook& canaries)
    : canaries_(canaries), expected_(settings) {
  agent_.settings = settings;
  agent_.interval_seconds = interval_in_force(settings, std::nullopt);
  changed_ = true;
}

TrackedAgent::TrackedAgent(const model::Agent& agent, CanaryBook& canaries)
    : agent_(agent), canaries_(canaries), expected_(agent.settings) {
  if (agent_.last) current_at_ = heard_at(*agent_.last);
}

void TrackedAgent::resume(base::Time absent_from, base::Time now) {
  auto& memory = agent_.memory;
  // A clock that went back passes through the same time again.
  const auto from = std::max(memory.known_until, absent_from);
  if (!memory.runs.empty()) add_unknown(memory, std::min(from, now), std::max(from, now));
  if (agent_.last_heard_at) agent_.last_heard_at = std::min(*agent_.last_heard_at, now);
  if (agent_.verdict_since_at == base::Time{}) agent_.verdict_since_at = now;
  current_at_ = std::min(current_at_, now);
  resumed_at_ = now;
  if (agent_.presence == Presence::late) agent_.presence = Presence::alive;
  if (agent_.presence == Presence::alive) agent_.due_at = due_after(now, agent_.interval_seconds);
  pause_or_go_on(now);
  settle(now);
  set_wake(now);
}

void TrackedAgent::set_settings(const model::AgentSettings& settings, base::Time now) {
  if (settings == agent_.settings) return;
  const bool other_deadline = settings.interval_seconds != agent_.settings.interval_seconds;
  if (!(settings.exit == agent_.settings.exit)) agent_.learned = {};
  agent_.settings = settings;
  expected_ = Expectations(settings);
  const bool said = agent_.last && agent_.last->interval_seconds;
  if (other_deadline && !said) {
    agent_.interval_seconds = interval_in_force(settings, std::nullopt);
    if (agent_.due_at) agent_.due_at = due_after(now, agent_.interval_seconds);
  }
  changed_ = true;
  pause_or_go_on(now);
  settle(now);
  set_wake(now);
}

void TrackedAgent::set_maintenance(bool maintenance, base::Time now) {
  if (maintenance == maintenance_) return;
  maintenance_ = maintenance;
  pause_or_go_on(now);
  settle(now);
  set_wake(now);
}

void TrackedAgent::pause_or_go_on(base::Time now) {
  auto& memory = agent_.memory;
  const bool pause = agent_.settings.paused || maintenance_;
  if (pause && agent_.presence != Presence::paused) {
    touch_hours(memory.known_until, now, now);
    memory.paused_since = now;
    agent_.presence = Presence::paused;
    agent_.due_at.reset();
  } else if (!pause && agent_.presence == Presence::paused) {
    if (memory.paused_since && !memory.runs.empty()) add_unknown(memory, *memory.paused_since, now);
    memory.paused_since.reset();
    resumed_at_ = std::max(resumed_at_, now);
    agent_.presence = agent_.last_heard_at ? Presence::alive : Presence::waiting;
    if (agent_.last_heard_at) agent_.due_at = due_after(now, agent_.interval_seconds);
  }
}

ExitLook TrackedAgent::look_at(const model::Heartbeat& heartbeat) const {
  return {heartbeat, agent_.settings, expected_, agent_.learned, *site_};
}

void TrackedAgent::hear(const model::Heartbeat& heartbeat, base::Time now) {
  const auto at = heard_at(heartbeat);
  ++agent_.heartbeats;
  if (heartbeat.late) ++agent_.late_heartbeats;
  if (!agent_.first_heard_at || at < *agent_.first_heard_at) agent_.first_heard_at = at;
  changed_ = true;
  if (at >= current_at_ && !is_outdated(heartbeat, at, now)) {
    take_as_current(heartbeat, at);
    count(heartbeat, at, state_of_current());
    set_deadline(at, now);
  } else {
    count(heartbeat, at, state_of_past(look_at(heartbeat)));
    auto& memory = agent_.memory;
    if (!memory.runs.empty() && at >= memory.runs.back().last) memory.tail_down = false;
  }
  settle(now);
  set_wake(now);
}

// It waited until the next one was due: it shows how it was, not how it is.
bool TrackedAgent::is_outdated(const model::Heartbeat& heartbeat, base::Time at, base::Time now) const {
  const auto interval = interval_in_force(agent_.settings, heartbeat.interval_seconds);
  return heartbeat.late && agent_.presence != Presence::waiting && due_after(at, interval) <= now;
}

void TrackedAgent::take_as_current(const model::Heartbeat& heartbeat, base::Time at) {
  current_at_ = at;
  agent_.reports_as = heartbeat.kind;
  if (heartbeat.version) agent_.version = heartbeat.version;
  if (heartbeat.link) agent_.link = heartbeat.link;
  agent_.interval_seconds = interval_in_force(agent_.settings, heartbeat.interval_seconds);
  if (!agent_.last_heard_at || at > *agent_.last_heard_at) agent_.last_heard_at = at;
  judge_heartbeat(heartbeat, at);
  agent_.last = heartbeat;
}

void TrackedAgent::set_deadline(base::Time heard, base::Time now) {
  auto& memory = agent_.memory;
  if (memory.runs.empty() || heard >= memory.runs.back().last) memory.tail_down = false;
  if (agent_.presence == Presence::paused) {
    if (memory.paused_since) add_unknown(memory, *memory.paused_since, now);
    memory.paused_since = now;
    return;
  }
  const auto due = due_after(std::max(heard, resumed_at_), agent_.interval_seconds);
  // A report of long ago that comes now shows how it was, not that it is there.
  const bool old = agent_.last->late && due <= now;
  if (old && agent_.presence != Presence::waiting) return;
  agent_.due_at = due;
  agent_.presence = presence_at(now, due, grace_of(agent_.settings, agent_.interval_seconds));
}

void TrackedAgent::settle(base::Time now) {
  if (site_ == nullptr) return;
  VerdictFacts facts;
  facts.learning = is_learning(agent_.settings, agent_.learned);
  facts.knows_exit = agent_.exit_v4 || agent_.exit_v6;
  facts.blind_reports = blind_;
  facts.maintenance = !agent_.settings.paused;
  if (agent_.last && find_finding(agent_.findings, model::FindingKind::tunnel_down) != nullptr) {
    const auto v4 = exit_v4(*agent_.last);
    facts.exposed = v4 && site_->contains(v4->address);
  }
  auto judged = judge(agent_, facts);
  if (judged.verdict != agent_.verdict) {
    agent_.verdict = judged.verdict;
    agent_.verdict_since_at = now;
    changed_ = urgent_ = true;
  }
  if (judged.sentence == agent_.sentence) return;
  agent_.sentence = std::move(judged.sentence);
  changed_ = true;
}

void TrackedAgent::wake(base::Time now) {
  touch_hours(agent_.memory.known_until, now, now);
  const bool expected = agent_.presence == Presence::alive || agent_.presence == Presence::late;
  if (expected && agent_.due_at) {
    const auto presence = presence_at(now, *agent_.due_at, grace_of(agent_.settings, agent_.interval_seconds));
    if (presence != agent_.presence) changed_ = urgent_ = true;
    agent_.presence = presence;
    if (presence == Presence::down) agent_.memory.tail_down = true;
    if (presence == Presence::down && !agent_.memory.runs.empty())
      touch_hours(agent_.memory.runs.back().last, now, now);
  }
  settle(now);
  set_wake(now);
}

void TrackedAgent::set_wake(base::Time now) {
  wake_at_ = base::Time::max();
  if (agent_.presence == Presence::paused || agent_.presence == Presence::waiting) return;
  if (agent_.presence == Presence::down) {
    wake_at_ = now + down_refresh;
    return;
  }
  const auto grace = grace_of(agent_.settings, agent_.interval_seconds);
  const auto turn = base::floor_to(now, hour_span) + hour_span +
                    base::Seconds{std::hash<std::string>{}(agent_.settings.name) % spread_seconds};
  const auto deadline = agent_.presence == Presence::late ? *agent_.due_at + grace : *agent_.due_at;
  wake_at_ = std::min(turn, deadline);
}

RunState TrackedAgent::state_of_current() const {
  using model::FindingKind;
  if (find_finding(agent_.findings, FindingKind::tunnel_down) != nullptr ||
      find_finding(agent_.findings, FindingKind::failed) != nullptr)
    return RunState::down;
  return std::ranges::any_of(agent_.findings, is_leak, &model::Finding::kind) ? RunState::leaking : RunState::up;
}

RunState TrackedAgent::state_of_past(const ExitLook& look) const {
  if (look.heartbeat.signal == model::HeartbeatSignal::failed || tunnel_down(look, agent_.memory.tunnel_seen))
    return RunState::down;
  const auto shown = bypass(look);
  return shown && shown->weight >= FindingBook::enough ? RunState::leaking : RunState::up;
}

void TrackedAgent::count(const model::Heartbeat& heartbeat, base::Time at, RunState state) {
  auto& memory = agent_.memory;
  if (at < memory.settled_until) return;
  const auto interval = interval_in_force(agent_.settings, heartbeat.interval_seconds);
  const auto touched = add_mark(memory, {at, interval, bridge_seconds(agent_.settings, interval), state});
  const auto point = path_point(heartbeat, at);
  hours_.add(heartbeat, point);
  count_bytes(heartbeat, at);
  if (point.latency_milliseconds || point.loss || heartbeat.link) add_point(point);
  const auto now = std::max(at, heartbeat.received_at);
  touch_hours(touched.begin, touched.end, now);
  touch_hours(at, at, now);
}

// The tunnel's counters only grow, so that late reports need no care: what is newer has counted their bytes already.
void TrackedAgent::count_bytes(const model::Heartbeat& heartbeat, base::Time at) {
  auto& memory = agent_.memory;
  if (!heartbeat.link || at < memory.counted_at) return;
  const auto& link = *heartbeat.link;
  if (memory.counted) {
    const auto& before = *memory.counted;
    const bool anew = link.rx_bytes < before.rx_bytes || link.tx_bytes < before.tx_bytes;
    hours_.add_bytes(at, anew ? link.rx_bytes : link.rx_bytes - before.rx_bytes,
                     anew ? link.tx_bytes : link.tx_bytes - before.tx_bytes);
  }
  memory.counted = link;
  memory.counted_at = at;
}

void TrackedAgent::add_point(const model::PathPoint& point) {
  auto& points = agent_.points;
  points.insert(std::ranges::upper_bound(points, point.at, {}, &model::PathPoint::at), point);
  if (points.size() > model::Agent::most_points) points.erase(points.begin());
}

void TrackedAgent::touch_hours(base::Time begin, base::Time end, base::Time now) {
  if (agent_.memory.runs.empty()) return;
  const auto& memory = agent_.memory;
  begin =
      std::max({begin, memory.settled_until, memory.runs.front().begin, base::floor_to(now - kept_span, hour_span)});
  end = std::min(end, now);
  for (auto hour = base::floor_to(begin, hour_span); hour <= end; hour += hour_span) {
    changed_ = true;
    if (std::ranges::find(moved_hours_, hour) == moved_hours_.end()) moved_hours_.push_back(hour);
  }
}

std::vector<model::AgentHour> TrackedAgent::take_hours(base::Time now) {
  auto& memory = agent_.memory;
  std::vector<model::AgentHour> rows;
  std::ranges::sort(moved_hours_);
  const auto known_until = std::min(now, memory.paused_since.value_or(now));
  for (const auto hour : moved_hours_) {
    if (hour < memory.settled_until) continue;
    const auto end = std::min(hour + hour_span, known_until);
    const auto spent = end > hour ? spent_in(memory, hour, end, memory.tail_down) : Spent{};
    auto row = row_of(agent_.settings.name, hour, hours_.find(hour));
    row.up_seconds = static_cast<std::uint32_t>(spent.up / 1000);
    row.down_seconds = static_cast<std::uint32_t>(spent.down / 1000);
    row.leaking_seconds = static_cast<std::uint32_t>(spent.leaking / 1000);
    rows.push_back(std::move(row));
  }
  moved_hours_.clear();
  memory.known_until = std::max(memory.known_until, now);
  trim_timeline(memory, now);
  hours_.forget_before(memory.settled_until);
  changed_ = urgent_ = false;
  return rows;
}

}  // namespace davylamp::core
