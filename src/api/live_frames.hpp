// The live messages as text (dto/live.hpp says what they look like).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "api/dto/live.hpp"
#include "api/live_view.hpp"
#include "api/scope.hpp"
#include "model/change.hpp"

namespace davylamp::api {

// What a message is: its place among the others, and for whom.
struct FrameHead {
  std::uint64_t number = 0;
  base::Time at{};
  const Scope* scope = nullptr;  // null: every server

  bool sees(const std::string& server) const { return scope == nullptr || scope->sees(server); }
  bool sees(const model::Incident& incident) const { return scope == nullptr || scope->sees(incident); }
};

// What happened since the last frame, merged: a session is named once per list however often it changed. The values are
// read from the view when the frame is written, so they are the last ones.
class PendingChanges {
 public:
  static constexpr std::size_t most_events = 500;
  static constexpr std::size_t most_closed = 100'000;

  void note(const model::Change& change);
  bool empty() const;
  // More ended than a frame may carry: viewers need a snapshot instead.
  bool overflowed() const { return closed_.size() > most_closed; }
  std::uint64_t dropped_events() const { return dropped_events_; }
  void clear();

  // {"kind":"changes",...}
  std::string write(const LiveView& view, const FrameHead& head) const;

 private:
  struct Closed {
    SessionEnd end;
    std::string server;
  };
  void write_sessions(std::string& out, const LiveView& view, const FrameHead& head) const;
  void write_updated(std::string& out, const LiveView& view, const FrameHead& head) const;
  void write_limits(std::string& out, const LiveView& view) const;
  void write_agents(std::string& out, const LiveView& view) const;
  void write_incidents(std::string& out, const LiveView& view, const FrameHead& head) const;
  void note_one(const model::SessionOpened& change) { opened_.insert(change.session.id); }
  void note_one(const model::SessionUpdated& change);
  void note_one(const model::SessionsMoved& change);
  void note_one(const model::SessionClosed& change);
  void note_one(const model::ServerChanged& change) { servers_.insert(change.server.name); }
  void note_one(const model::EventHappened& change);
  void note_one(const model::QuotaChanged& change);
  void note_one(const model::QuotaGone& change);
  void note_one(const model::JobChanged& change) { jobs_.insert(change.job.name); }
  void note_one(const model::LossesCounted&) {}  // asked for, not streamed
  void note_one(const model::AgentChanged& change) { agents_.insert(change.agent.settings.name); }
  void note_one(const model::AgentGone& change) { agents_.insert(change.agent); }
  void note_one(const model::IncidentChanged& change) { incidents_.insert(change.incident.id); }
  void note_one(const model::DeliveryChanged&) {}
  void note_one(const model::WarningTold&) {}
  void note_one(const model::CommandDone&) {}

  std::set<model::SessionId> opened_;
  std::map<model::SessionId, bool> updated_;  // true: more than numbers
  std::vector<model::SessionId> moved_;       // numbers alone; can name one twice
  std::vector<Closed> closed_;
  std::set<std::string> servers_;
  std::vector<model::Event> events_;
  std::set<QuotaKey> quotas_;
  std::set<QuotaKey> quotas_gone_;
  std::set<std::string> jobs_;
  std::set<std::string> agents_;
  std::set<std::uint64_t> incidents_;
  std::uint64_t dropped_events_ = 0;
};

// {"kind":"snapshot",...}
std::string write_snapshot(const LiveView& view, const FrameHead& head);

}  // namespace davylamp::api
