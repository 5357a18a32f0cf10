// What becomes of a report: checked, given a name, stamped, kept.
#include <algorithm>

#include "api/agents/report_key.hpp"
#include "api/agents/report_service.hpp"
#include "api/agents/report_time.hpp"
#include "api/body.hpp"
#include "api/rates/rate_answer.hpp"

namespace davylamp::api {
namespace {

constexpr base::Milliseconds furthest_ahead{60'000};             // of davylamp-agent, which knows this host's clock
constexpr base::Milliseconds furthest_ahead_of_others{300'000};  // whose clocks nobody corrects
constexpr base::Milliseconds late_after{300'000};
constexpr std::uint32_t sentinel_interval_seconds = 300;
constexpr std::size_t most_measured = 256;
constexpr base::Seconds command_life{60};

Response plain(std::string text) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

}  // namespace

io::Task<Response> ReportService::keepalive(const Request& request) {
  Visit visit{request, clock_.now()};
  const auto key = report_key(request);
  if (auto objection = admit(key, visit)) co_return std::move(*objection);
  if (auto objection = check_signed(key, visit)) co_return std::move(*objection);
  // Under the shared key the body says whose rate it is.
  const bool known = visit.reporter != nullptr;
  if (known) {
    if (auto objection = limit(visit)) co_return std::move(*objection);
  }
  if (!is_json(request)) {
    co_return refusal_response(request, {415, "json-only", "Send the body as application/json.", std::nullopt});
  }
  auto body = read_report_body(request.body);
  if (!body) co_return refusal_response(request, body.error());
  // Before anybody is registered: of a report that is refused nothing stays.
  if (auto objection = check_times(body->heartbeats, visit)) co_return std::move(*objection);
  if (auto objection = co_await name_reporter(*body, visit)) co_return std::move(*objection);
  if (!known) {
    if (auto objection = limit(visit)) co_return std::move(*objection);
  }
  if (auto objection = stamp(body->heartbeats, visit)) co_return std::move(*objection);
  if (auto objection = co_await keep(std::move(body->heartbeats), visit)) co_return std::move(*objection);
  co_return received(visit, body->own);
}

io::Task<Response> ReportService::ping(const Request& request) {
  if (request.body.size() > most_ping_bytes) {
    const std::string detail = "The body of a ping has at most " + std::to_string(most_ping_bytes) + " bytes.";
    co_return refusal_response(request, {413, "too-large", detail, std::nullopt});
  }
  auto read = read_ping(request);
  if (!read) co_return refusal_response(request, read.error());
  Visit visit{request, clock_.now()};
  if (auto objection = admit(read->key, visit)) co_return std::move(*objection);
  if (!visit.reporter) {
    const std::string detail = "A ping needs the token of an agent: the shared key does not tell who it is.";
    co_return refusal_response(request, {401, "unknown-key", detail, std::nullopt});
  }
  if (auto objection = limit(visit)) co_return std::move(*objection);
  if (read->heartbeat) {
    std::vector<model::Heartbeat> heartbeats{std::move(*read->heartbeat)};
    if (auto objection = check_times(heartbeats, visit)) co_return std::move(*objection);
    if (auto objection = stamp(heartbeats, visit)) co_return std::move(*objection);
    if (auto objection = co_await keep(std::move(heartbeats), visit)) co_return std::move(*objection);
  } else {
    ++stats_.logs_passed_over;
  }
  auto response = plain("OK");
  if (read->style == PingStyle::uptime_kuma) {
    response.content_type = "application/json";
    response.body = R"({"ok":true})";
  }
  response.headers.emplace_back("Cache-Control", "no-store");
  add_rate_headers(response, visit.allowance, options_.rate);
  co_return response;
}

ReportService::Objection ReportService::check_signed(std::string_view key, Visit& visit) {
  auto checked = check_signature(visit.request, key);
  if (!checked) {
    return refusal_response(visit.request, {401, "bad-signature", checked.error().message + ".", std::nullopt});
  }
  visit.signature = std::move(*checked);
  if (!visit.signature || visit.signature->at - visit.now <= furthest_ahead) return std::nullopt;
  ++stats_.from_the_future;
  const auto detail = "X-Davylamp-Timestamp is ahead of this host's clock, which says " + report_time(visit.now) + ".";
  return refusal_response(visit.request, {422, "from-the-future", detail, std::nullopt});
}

io::Task<ReportService::Objection> ReportService::name_reporter(const ReportBody& body, Visit& visit) {
  if (visit.reporter) co_return std::nullopt;  // the token says who it is
  if (!body.client_id) {
    Complaints complaints;
    complaints.add("client_id", "must say who reports: the shared key does not");
    co_return complaints.refusal(visit.request);
  }
  visit.reporter = keys_.reporter(*body.client_id);
  if (visit.reporter) co_return std::nullopt;
  co_return co_await register_agent(body, *body.client_id, visit);
}

io::Task<ReportService::Objection> ReportService::register_agent(const ReportBody& body, const std::string& name,
                                                                 Visit& visit) {
  const auto allowance = strangers_.take(subscriber_key(visit.request.remote_address), options_.rate, visit.now);
  if (!allowance.granted) co_return too_many(visit.request, allowance, options_.rate);
  if (keys_.full()) {
    ++stats_.agents_refused;
    const std::string detail = "There are " + std::to_string(KeyRing::most_agents) + " agents already.";
    co_return refusal_response(visit.request, {403, "too-many-agents", detail, std::nullopt});
  }
  model::AgentSettings settings;
  settings.name = name;
  if (!body.own) settings.interval_seconds = sentinel_interval_seconds;
  if (body.own) settings.interval_seconds = body.heartbeats.back().interval_seconds.value_or(settings.interval_seconds);
  const model::AuditEntry entry{visit.now, "shared key", "agent_registered", name,
                                visit.request.remote_address.to_string()};
  const auto put = [settings, entry](contract::AgentStore& store) { store.put_agent(settings, entry); };
  co_await agents_.call(put);
  visit.reporter = keys_.add(settings);
  issue_({0, visit.now + command_life, model::AgentsChanged{}});
  co_return std::nullopt;
}

ReportService::Objection ReportService::check_times(std::vector<model::Heartbeat>& heartbeats, const Visit& visit) {
  for (auto& heartbeat : heartbeats) {
    if (heartbeat.measured_at == base::Time{}) heartbeat.measured_at = visit.now;
    const bool own = heartbeat.kind == model::HeartbeatKind::agent;
    const auto ahead = heartbeat.measured_at - visit.now;
    if (ahead > (own ? furthest_ahead : furthest_ahead_of_others)) {
      ++stats_.from_the_future;
      const auto detail =
          "The report is of a time ahead of this host's clock, which says " + report_time(visit.now) + ".";
      return refusal_response(visit.request, {422, "from-the-future", detail, std::nullopt});
    }
    heartbeat.late = heartbeat.late || -ahead > late_after;
  }
  return std::nullopt;
}

ReportService::Objection ReportService::stamp(std::vector<model::Heartbeat>& heartbeats, const Visit& visit) {
  const auto& kept = visit.reporter->measured;
  for (auto& heartbeat : heartbeats) {
    heartbeat.agent = visit.reporter->name;
    heartbeat.received_at = visit.now;
    heartbeat.connected_from = visit.request.remote_address;
  }
  // The agent did not hear that these were taken.
  std::erase_if(heartbeats, [&](const model::Heartbeat& heartbeat) {
    return heartbeat.kind == model::HeartbeatKind::agent &&
           std::ranges::find(kept, heartbeat.measured_at) != kept.end();
  });
  if (!visit.signature || visit.reporter->replays.admit(*visit.signature)) return std::nullopt;
  ++stats_.replayed;
  const std::string detail = "This signed report was here already, or is too old to tell; sign it anew.";
  return refusal_response(visit.request, {409, "replayed", detail, std::nullopt});
}

io::Task<ReportService::Objection> ReportService::keep(std::vector<model::Heartbeat> heartbeats, Visit& visit) {
  if (heartbeats.empty()) co_return std::nullopt;
  std::vector<base::Time> measured;
  for (const auto& heartbeat : heartbeats) {
    if (heartbeat.kind == model::HeartbeatKind::agent) measured.push_back(heartbeat.measured_at);
  }
  bool kept = true;
  try {
    co_await keeper_.keep(std::move(heartbeats));
  } catch (const base::Failure&) {
    kept = false;
  }
  auto& reporter = *visit.reporter;
  if (!kept) {
    if (visit.signature) reporter.replays.withdraw(*visit.signature);
    const std::string detail = "The report could not be kept. Send it again.";
    co_return refusal_response(visit.request, {503, "not-kept", detail, base::Seconds{5}});
  }
  for (const auto at : measured) reporter.measured.push_back(at);
  while (reporter.measured.size() > most_measured) reporter.measured.pop_front();
  co_return std::nullopt;
}

Response ReportService::received(const Visit& visit, bool own) const {
  Response response;
  auto& body = response.body;
  body = R"({"status":"ok","message":"Keepalive received","server_time":")" + report_time(visit.now) + '"';
  if (own) {
    auto& reporter = *visit.reporter;
    body += ",\"address\":\"" + visit.request.remote_address.to_string() + '"';
    body += ",\"next\":{\"interval_seconds\":";
    base::json::append(body, reporter.interval_seconds);
    if (options_.canary_zone) {
      body += ",\"canary_zone\":";
      base::json::append(body, *options_.canary_zone);
    }
    if (reporter.test_again) body += ",\"test_again\":true";
    reporter.test_again = false;
    body += '}';
  }
  body += '}';
  add_rate_headers(response, visit.allowance, options_.rate);
  return response;
}

}  // namespace davylamp::api
