#include "api/live_frames.hpp"

#include <algorithm>

#include "api/dto/agents.hpp"
#include "base/codec.hpp"

namespace davylamp::api {
namespace {

using base::json::append;

void append_head(std::string& out, std::string_view kind, const FrameHead& head) {
  out += "{\"kind\":";
  append(out, kind);
  out += ",\"number\":";
  append(out, head.number);
  out += ",\"at\":";
  append(out, head.at);
}

// A list that is left out while nothing was added to it.
class List {
 public:
  List(std::string& out, std::string_view name) : out_(out), name_(name) {}
  ~List() {
    if (begun_) out_ += ']';
  }
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  void begin() {
    if (begun_) return;
    begun_ = true;
    out_ += ",\"";
    out_ += name_;
    out_ += "\":[";
  }
  template <class T>
  void add(const T& item) {
    begin();
    if (!first_) out_ += ',';
    first_ = false;
    append(out_, item);
  }

 private:
  std::string& out_;
  std::string_view name_;
  bool begun_ = false;
  bool first_ = true;
};

SessionUpdate update_of(const model::Session& session, bool with_facts) {
  SessionUpdate update;
  update.id = session.id;
  update.rx_bytes = session.rx_bytes;
  update.tx_bytes = session.tx_bytes;
  update.rx_bps = session.rx_bps;
  update.tx_bps = session.tx_bps;
  update.last_seen_at = session.last_seen_at;
  if (!with_facts) return update;
  update.real_address = session.real_address;
  update.real_port = session.real_port;
  update.place = session.place;
  update.user = session.user;
  update.virtual_address = session.virtual_address;
  update.virtual_address6 = session.virtual_address6;
  update.cipher = session.cipher;
  update.evidence = session.evidence;
  update.quality = session.quality;
  update.flows = session.flows;
  return update;
}

model::SessionCounters counters_of(const model::Session& session) {
  return {session.id, session.rx_bytes, session.tx_bytes, session.rx_bps, session.tx_bps, session.last_seen_at};
}

}  // namespace

void PendingChanges::note(const model::Change& change) {
  std::visit([this](const auto& item) { note_one(item); }, change);
}

void PendingChanges::note_one(const model::SessionUpdated& change) {
  updated_[change.id] |= change.facts.has_value();
}

void PendingChanges::note_one(const model::SessionsMoved& change) {
  moved_.reserve(moved_.size() + change.sessions.size());
  for (const auto& session : change.sessions) moved_.push_back(session.id);
}

void PendingChanges::note_one(const model::SessionClosed& change) {
  const auto& session = change.session;
  opened_.erase(session.id);
  updated_.erase(session.id);
  // A viewer may know the session from a snapshot that was made between its opening and this frame, so the end is told
  // even if the opening no longer is.
  closed_.push_back(
      {{session.id, session.closed_at.value_or(session.last_seen_at),
        session.end_reason.value_or(model::EndReason::unknown), session.final, session.rx_bytes, session.tx_bytes},
       session.server});
}

void PendingChanges::note_one(const model::EventHappened& change) {
  if (events_.size() == most_events) {
    events_.erase(events_.begin());
    ++dropped_events_;
  }
  events_.push_back(change.event);
}

void PendingChanges::note_one(const model::QuotaChanged& change) {
  const QuotaKey key{change.quota.limit_id, change.quota.user};
  quotas_gone_.erase(key);
  quotas_.insert(key);
}

void PendingChanges::note_one(const model::QuotaGone& change) {
  const QuotaKey key{change.limit_id, change.user};
  quotas_.erase(key);
  quotas_gone_.insert(key);
}

bool PendingChanges::empty() const {
  return opened_.empty() && updated_.empty() && moved_.empty() && closed_.empty() && servers_.empty() &&
         events_.empty() && quotas_.empty() && quotas_gone_.empty() && jobs_.empty() && agents_.empty() &&
         incidents_.empty();
}

void PendingChanges::clear() {
  opened_.clear();
  updated_.clear();
  moved_.clear();
  closed_.clear();
  servers_.clear();
  events_.clear();
  quotas_.clear();
  quotas_gone_.clear();
  jobs_.clear();
  agents_.clear();
  incidents_.clear();
}

// What is not of one server is for those who see all of them.
std::string PendingChanges::write(const LiveView& view, const FrameHead& head) const {
  std::string out;
  if (head.scope == nullptr) {
    out.reserve(128 + opened_.size() * 600 + (updated_.size() + moved_.size()) * 125 + closed_.size() * 110 +
                quotas_.size() * 350);
  }
  append_head(out, ChangesFrame::kind, head);
  write_sessions(out, view, head);
  {
    List list(out, "servers");
    for (const auto& name : servers_) {
      const auto* server = head.sees(name) ? view.server(name) : nullptr;
      if (server != nullptr) list.add(*server);
    }
  }
  {
    List list(out, "events");
    for (auto event = events_.rbegin(); event != events_.rend(); ++event) {
      if (head.sees(event->server)) list.add(*event);
    }
  }
  if (head.scope == nullptr) {
    write_limits(out, view);
    write_agents(out, view);
  }
  write_incidents(out, view, head);
  out += '}';
  return out;
}

void PendingChanges::write_sessions(std::string& out, const LiveView& view, const FrameHead& head) const {
  {
    List list(out, "opened");
    for (const auto id : opened_) {
      const auto* session = view.session(id);
      if (session != nullptr && head.sees(session->server)) list.add(*session);
    }
  }
  write_updated(out, view, head);
  List list(out, "closed");
  for (const auto& closed : closed_) {
    if (head.sees(closed.server)) list.add(closed.end);
  }
}

void PendingChanges::write_updated(std::string& out, const LiveView& view, const FrameHead& head) const {
  List list(out, "updated");
  for (const auto& [id, facts] : updated_) {
    const auto* session = opened_.contains(id) ? nullptr : view.session(id);
    if (session != nullptr && head.sees(session->server)) list.add(update_of(*session, facts));
  }
  auto ids = moved_;
  if (!std::ranges::is_sorted(ids)) std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  const auto& sessions = view.sessions();
  auto found = sessions.end();
  for (const auto id : ids) {
    // Neighbours in the list are neighbours there, most of the time.
    if (found != sessions.end()) ++found;
    if (found == sessions.end() || found->first != id) found = sessions.find(id);
    if (found == sessions.end() || opened_.contains(id) || updated_.contains(id)) continue;
    if (head.sees(found->second.server)) list.add(counters_of(found->second));
  }
}

void PendingChanges::write_limits(std::string& out, const LiveView& view) const {
  {
    List list(out, "quotas");
    for (const auto& key : quotas_) {
      if (const auto* quota = view.quota(key)) list.add(*quota);
    }
  }
  {
    List list(out, "quotas_gone");
    for (const auto& key : quotas_gone_) list.add(key);
  }
  {
    List list(out, "jobs");
    for (const auto& name : jobs_) {
      if (const auto* job = view.job(name)) list.add(*job);
    }
  }
}

void PendingChanges::write_agents(std::string& out, const LiveView& view) const {
  {
    List list(out, "agents");
    for (const auto& name : agents_) {
      if (const auto found = view.agents().find(name); found != view.agents().end())
        list.add(agent_view(found->second));
    }
  }
  {
    List list(out, "agents_gone");
    for (const auto& name : agents_) {
      if (!view.agents().contains(name)) list.add(name);
    }
  }
}

void PendingChanges::write_incidents(std::string& out, const LiveView& view, const FrameHead& head) const {
  List list(out, "incidents");
  for (const auto id : incidents_) {
    const auto found = view.incidents().find(id);
    if (found != view.incidents().end() && head.sees(found->second)) list.add(found->second);
  }
}

std::string write_snapshot(const LiveView& view, const FrameHead& head) {
  std::string out;
  const bool whole = head.scope == nullptr;
  if (whole) out.reserve(256 + view.sessions().size() * 600 + view.quotas().size() * 350);
  append_head(out, SnapshotFrame::kind, head);
  const auto write_all = [&](std::string_view name, const auto& items, const auto& item_of, const auto& is_seen) {
    List list(out, name);
    list.begin();
    for (const auto& item : items) {
      if (whole || is_seen(item)) list.add(item_of(item));
    }
  };
  const auto mapped = [](const auto& item) -> const auto& { return item.second; };
  const auto on_seen_server = [&](const auto& item) { return head.sees(item.second.server); };
  const auto of_all = [](const auto&) { return false; };
  write_all("sessions", view.sessions(), mapped, on_seen_server);
  write_all("servers", view.servers(), mapped, [&](const auto& item) { return head.sees(item.first); });
  write_all(
      "events", view.events(), [](const auto& event) -> const auto& { return event; },
      [&](const auto& event) { return head.sees(event.server); });
  write_all("quotas", view.quotas(), mapped, of_all);
  write_all("jobs", view.jobs(), mapped, of_all);
  write_all("agents", view.agents(), [](const auto& item) { return agent_view(item.second); }, of_all);
  write_all("incidents", view.incidents(), mapped, [&](const auto& item) { return head.sees(item.second); });
  out += '}';
  return out;
}

}  // namespace davylamp::api
