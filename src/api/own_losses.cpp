#include "api/own_losses.hpp"

namespace davylamp::api {
namespace {

RoleLoss row(std::string name, std::uint64_t count, std::string text) {
  return {"serve", std::move(name), count, std::move(text)};
}

}  // namespace

std::vector<RoleLoss> losses_of(const RateLimiter& rates) {
  return {
      row("requests_limited", rates.stats().limited,
          "Requests that were turned away because too many came from one address or login."),
      row("rates_counted_alone", rates.stats().shared_silent,
          "Times that the count over all daemons did not answer, and this daemon counted alone for a second."),
      row("rates_forgotten", rates.buckets().forgotten(),
          "Addresses and logins whose count began anew because too many asked at once."),
  };
}

std::vector<RoleLoss> losses_of(const HubStats& hub, const AuthStats& auth, const ServerStats& server) {
  return {
      row("backlogs_dropped", hub.slow,
          "Viewers that did not keep up got a fresh picture instead of what they missed."),
      row("viewers_refused", hub.refused, "Pages that were turned away because too many are watching."),
      row("events_dropped", hub.dropped_events,
          "Events that did not fit into a live frame; they are in the list of events."),
      row("viewer_messages_bad", hub.bad_messages, "Messages of viewers that could not be understood."),
      row("refused_logins_unwritten", auth.audit_dropped,
          "Refused logins that were too many to write into the audit log one by one."),
      row("connections_refused", server.refused_by_total + server.refused_by_address,
          "Connections that were turned away because too many are open, in all or from one address."),
      row("askers_not_allowed", server.refused_by_allow,
          "Requests from addresses outside serve.allow, or past the proxy."),
      row("slow_readers", server.slow_readers,
          "Connections that were closed because the other side did not take its answer, or the live view, in time."),
      row("accepts_failed", server.accept_failures,
          "Connections that could not be accepted; file descriptors may be short."),
      row("requests_failed", server.service_failures,
          "Requests that were answered with an inner error; the log says why."),
      row("timeouts", server.timeouts, "Connections that were closed because the other side was silent for too long."),
  };
}

}  // namespace davylamp::api
