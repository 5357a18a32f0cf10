#include "core/alerts/notices.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "base/codec.hpp"
#include "core/alerts/quiet_hours.hpp"
#include "core/alerts/sign.hpp"
#include "model/incident_subject.hpp"

namespace davylamp::core {
namespace {

using model::IncidentState;
using model::NoticeKind;
using model::Severity;

std::string told_text(NoticeKind notice, const std::string& channel) {
  return std::string(base::json::enum_name(notice)) + " on " + channel;
}

std::optional<std::string> after(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return {};
  return std::string(text.substr(prefix.size()));
}

bool muted(const model::Incident& incident) {
  return incident.folded_into.has_value() || incident.silence_id.has_value();
}

// Each once, in order; the first few of many. No VPN user: it would outlive an erasure in a message about another.
std::string subjects_of(std::span<model::Incident* const> incidents) {
  constexpr std::size_t most_named = 8;
  std::vector<std::string_view> names;
  std::string text;
  for (const auto* incident : incidents) {
    if (model::is_of_user(incident->condition)) continue;
    if (std::ranges::find(names, incident->subject) != names.end()) continue;
    if (names.size() == most_named) return text + ", ...";
    text += (names.empty() ? "" : ", ") + incident->subject;
    names.emplace_back(incident->subject);
  }
  return text;
}

// What waited may have changed meanwhile.
bool still_to_tell(const model::Incident& incident, NoticeKind notice) {
  const bool open = incident.state == IncidentState::firing;
  switch (notice) {
    case NoticeKind::fired:
      return !muted(incident) && (open || is_occasion(incident.condition));
    case NoticeKind::again:
      return !muted(incident) && open && !incident.acknowledged_at;
    case NoticeKind::resolved:
    case NoticeKind::test:
      break;
  }
  return true;
}

}  // namespace

void Notices::set_channels(std::vector<AlertChannel> channels) {
  std::vector<Desk> desks;
  for (auto& channel : channels) {
    auto before = std::ranges::find(desks_, channel.name, [](const auto& desk) { return desk.channel.name; });
    Desk desk;
    if (before != desks_.end()) desk = std::move(*before);
    desk.channel = std::move(channel);
    desks.push_back(std::move(desk));
  }
  desks_ = std::move(desks);
}

bool Notices::restore(const model::Incident& incident) {
  auto& told = told_[incident.id];
  std::set<std::string> waited;
  for (const auto& step : incident.marks) {
    for (const auto notice : {NoticeKind::fired, NoticeKind::again, NoticeKind::resolved}) {
      const auto channel = after(step.text, told_text(notice, {}));
      if (step.what != "told" || !channel) continue;
      auto& entry = told[*channel];
      entry.fired = true;
      entry.resolved = entry.resolved || notice == NoticeKind::resolved;
      entry.last_at = step.at;
    }
    const auto channel = after(step.text, "waits on ");
    if (step.what == "note" && channel) waited.insert(*channel);
  }
  if (incident.state != IncidentState::resolved || muted(incident)) return waits(incident.id);
  for (auto& desk : desks_) {
    const auto entry = told.find(desk.channel.name);
    const bool fired = entry != told.end() && entry->second.fired;
    if (is_occasion(incident.condition)) {
      if (!fired && waited.contains(desk.channel.name)) want(desk, incident.id, NoticeKind::fired);
    } else if (fired && !entry->second.resolved) {
      want(desk, incident.id, NoticeKind::resolved);
    }
  }
  return waits(incident.id);
}

bool Notices::accepts(const Desk& desk, const model::Incident& incident, const model::AlertRule& rule) const {
  if (incident.severity < desk.channel.least) return false;
  return rule.channels.empty() || std::ranges::find(rule.channels, desk.channel.name) != rule.channels.end();
}

void Notices::want(Desk& desk, std::uint64_t incident_id, NoticeKind notice) {
  const Waiting fresh{incident_id, notice, false};
  if (std::ranges::find(desk.waiting, fresh) != desk.waiting.end()) return;
  if (desk.waiting.size() >= most_waiting) {
    desk.waiting.erase(desk.waiting.begin());
    ++dropped_;
  }
  desk.waiting.push_back(fresh);
}

void Notices::fires(const model::Incident& incident, const model::AlertRule& rule) {
  auto& told = told_[incident.id];
  for (auto& desk : desks_) {
    if (!told[desk.channel.name].fired && accepts(desk, incident, rule)) want(desk, incident.id, NoticeKind::fired);
  }
}

void Notices::repeat(const model::Incident& incident, const model::AlertRule& rule, base::Time now, bool now_graver) {
  const base::Seconds pause{rule.repeat_seconds};
  if (incident.acknowledged_at || (pause.count() == 0 && !now_graver)) return;
  auto& told = told_[incident.id];
  for (auto& desk : desks_) {
    const auto& entry = told[desk.channel.name];
    const bool due = now_graver || now - entry.last_at >= pause;
    if (entry.fired && due && accepts(desk, incident, rule)) want(desk, incident.id, NoticeKind::again);
  }
}

void Notices::over(model::Incident& incident, base::Time now, bool quietly) {
  auto& told = told_[incident.id];
  const auto id = incident.id;
  for (auto& desk : desks_) {
    const bool occasion = is_occasion(incident.condition);
    const auto waited = std::erase_if(desk.waiting, [&](const auto& waiting) {
      return waiting.incident_id == id && (!occasion || waiting.notice != NoticeKind::fired);
    });
    const auto& name = desk.channel.name;
    if (waited > 0 && !told[name].fired) mark(incident, now, "note", "over before it was told on " + name);
    if (told[name].fired && !quietly && !occasion) want(desk, id, NoticeKind::resolved);
  }
}

bool Notices::waits(std::uint64_t incident_id) const {
  return std::ranges::any_of(desks_, [&](const auto& desk) {
    return std::ranges::find(desk.waiting, incident_id, &Waiting::incident_id) != desk.waiting.end();
  });
}

void Notices::sort_out(Desk& desk, IncidentBook& book, base::Time now) {
  std::erase_if(desk.waiting, [&](const auto& waiting) {
    const auto* incident = book.find(waiting.incident_id);
    return incident == nullptr || !still_to_tell(*incident, waiting.notice);
  });
  const auto& channel = desk.channel;
  const bool quiet = is_quiet(channel.quiet_from, channel.quiet_to, minute_of_day(zones_, channel.zone, now));
  std::set<Kind> due;
  for (auto& waiting : desk.waiting) {
    auto& incident = *book.find(waiting.incident_id);
    const bool critical = incident.severity == Severity::critical;
    const Kind kind{waiting.notice, critical};
    const auto until = desk.grouping_until.find(kind);
    if ((critical || !quiet) && (until == desk.grouping_until.end() || until->second <= now)) {
      due.insert(kind);
    } else if (!waiting.said) {
      waiting.said = true;
      mark(incident, now, "note", "waits on " + channel.name);
      book.touch(incident.id);
    }
  }
  for (const auto& kind : due) send(desk, kind, book, now);
}

// The gravest first, then the one that began first.
void Notices::send(Desk& desk, Kind kind, IncidentBook& book, base::Time now) {
  std::vector<model::Incident*> together;
  std::vector<model::Incident*> alone;
  const bool grouped = desk.channel.group_seconds > 0;
  std::erase_if(desk.waiting, [&](const auto& waiting) {
    auto* incident = book.find(waiting.incident_id);
    if (waiting.notice != kind.first || (incident->severity == Severity::critical) != kind.second) return false;
    (grouped || waiting.said ? together : alone).push_back(incident);
    return true;
  });
  for (auto* incidents : {&together, &alone}) {
    std::ranges::sort(*incidents, [](const auto* left, const auto* right) {
      return left->severity != right->severity ? left->severity > right->severity : left->id < right->id;
    });
  }
  const Saying saying{desk.channel.name, kind.first, now};
  if (!together.empty()) say(saying, together, book);
  for (auto* incident : alone) say(saying, {&incident, 1}, book);
  if (grouped) desk.grouping_until[kind] = now + base::Seconds{desk.channel.group_seconds};
}

void Notices::say(const Saying& saying, std::span<model::Incident* const> incidents, IncidentBook& book) {
  for (auto* incident : incidents) {
    auto& told = told_[incident->id][saying.channel];
    told.fired = true;
    told.resolved = told.resolved || saying.notice == NoticeKind::resolved;
    told.last_at = saying.at;
    mark(*incident, saying.at, "told", told_text(saying.notice, saying.channel));
    book.touch(incident->id);
  }
  model::Delivery delivery;
  delivery.id = ids_.take(saying.at);
  delivery.incident_id = incidents.front()->id;
  delivery.notice = saying.notice;
  delivery.channel = saying.channel;
  delivery.made_at = saying.at;
  delivery.next_at = saying.at;
  delivery.incident = *incidents.front();
  delivery.others = static_cast<std::uint32_t>(incidents.size() - 1);
  if (auto names = subjects_of(incidents.subspan(1)); !names.empty()) {
    delivery.incident.values["others"] = std::move(names);
  }
  made_.push_back(std::move(delivery));
}

std::vector<model::Delivery> Notices::flush(IncidentBook& book, base::Time now) {
  for (auto& desk : desks_) {
    if (!desk.waiting.empty()) sort_out(desk, book, now);
  }
  return std::exchange(made_, {});
}

}  // namespace davylamp::core
