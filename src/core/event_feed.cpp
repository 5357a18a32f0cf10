#include "core/event_feed.hpp"

#include <utility>

#include "base/codec.hpp"
#include "core/wording.hpp"

namespace davylamp::core {
namespace {

std::string place_text(const model::Session& session) {
  if (!session.place) return {};
  const auto& place = *session.place;
  const auto& name = place.city ? place.city : place.country;
  return name ? " from " + *name : std::string{};
}

std::string_view reason_text(model::EndReason reason) {
  switch (reason) {
    case model::EndReason::restart:
      return "cut off by a restart of";
    case model::EndReason::timeout:
      return "timed out on";
    case model::EndReason::killed:
      return "disconnected from";
    case model::EndReason::quota:
      return "reached a limit and was disconnected from";
    case model::EndReason::blocked:
      return "is blocked and was disconnected from";
    case model::EndReason::left:
    case model::EndReason::away:
    case model::EndReason::unknown:
      break;
  }
  return "left";
}

model::Event of_session(model::EventKind kind, base::Time at, const model::Session& session) {
  model::Event event;
  event.at = at;
  event.kind = kind;
  event.server = session.server;
  event.user = session.user;
  event.session_id = session.id;
  event.place = session.place;
  return event;
}

}  // namespace

void EventFeed::add(model::Event event) {
  event.id = ids_.take(event.at);
  events_.push_back(std::move(event));
}

void EventFeed::opened(const model::Session& session) {
  auto event = of_session(model::EventKind::session_opened, session.opened_at, session);
  event.text = session.user + " connected to " + session.server + place_text(session);
  add(std::move(event));
}

void EventFeed::closed(const model::Session& session) {
  const auto at = session.closed_at.value_or(session.last_seen_at);
  auto event = of_session(model::EventKind::session_closed, at, session);
  const auto reason = session.end_reason.value_or(model::EndReason::unknown);
  event.text = session.user + " " + std::string(reason_text(reason)) + " " + session.server;
  if (reason == model::EndReason::away) event.text += " while Davylamp was not running,";
  event.text += " after " + span_text(at - session.opened_at) + ", " + volume_text(session.rx_bytes + session.tx_bytes);
  add(std::move(event));
}

void EventFeed::roamed(base::Time at, const model::Session& session) {
  auto event = of_session(model::EventKind::session_roamed, at, session);
  event.text = session.user + " roamed on " + session.server + place_text(session) + ", session kept";
  add(std::move(event));
}

void EventFeed::server_state(const model::Server& server) {
  model::Event event;
  event.at = server.since_at;
  event.kind = model::EventKind::server_state;
  event.server = server.name;
  event.text = server.name + " is " + std::string(base::json::enum_name(server.state)) + ": " + server.health;
  event.place = server.place;
  add(std::move(event));
}

std::vector<model::Event> EventFeed::take() {
  return std::exchange(events_, {});
}

}  // namespace davylamp::core
