#include "api/agents/report_service.hpp"

#include <algorithm>

#include "api/agents/report_key.hpp"
#include "api/agents/report_paths.hpp"
#include "api/agents/report_time.hpp"
#include "api/rates/rate_answer.hpp"

namespace davylamp::api {
namespace {

bool reads(const Request& request) {
  return request.method == Method::get || request.method == Method::head;
}

Response wrong_method(const Request& request, const std::string& allowed) {
  auto response = refusal_response(request, {405, "wrong-method", "This path knows " + allowed + ".", std::nullopt});
  response.headers.emplace_back("Allow", allowed);
  return response;
}

StatusShape shape_of(const Request& request) {
  const auto format = request.query.find("format");
  return format != request.query.end() && format->second == "list" ? StatusShape::list : StatusShape::by_client;
}

// Guessing is slower than reporting.
Rate guess_rate(const Rate& rate) {
  return {std::max(rate.per_minute / 3, 1U), std::max(rate.burst / 3, 1U)};
}

}  // namespace

ReportService::ReportService(Dependencies dependencies)
    : agents_(dependencies.agents),
      clock_(dependencies.clock),
      options_(std::move(dependencies.options)),
      guess_rate_(guess_rate(options_.rate)),
      issue_(std::move(dependencies.issue)),
      started_at_(clock_.now()),
      keys_(options_.shared_key),
      keeper_(std::move(dependencies.executor), dependencies.journal, std::move(dependencies.accepted), {}) {}

bool ReportService::takes(const Request& request) {
  // GET /api/v1/agents/enrol is somebody who is called "enrol".
  return is_report_path(request.path) && (request.path != enrol_path || request.method == Method::post);
}

io::Task<void> ReportService::reload() {
  struct Stored {
    std::vector<model::AgentSettings> agents;
    std::vector<model::AgentToken> tokens;
  };
  const auto read = [](contract::AgentStore& store) { return Stored{store.agents(), store.tokens()}; };
  const auto stored = co_await agents_.call(read);
  keys_.replace(stored.agents, stored.tokens);
}

bool ReportService::ask_again(const std::string& agent) {
  const auto reporter = keys_.reporter(agent);
  if (reporter) reporter->test_again = true;
  return reporter != nullptr;
}

io::Task<Response> ReportService::answer(const Request& request) {
  if (request.path != health_path && !takes_from(request.remote_address)) {
    ++stats_.not_allowed;
    const std::string detail = "No reports are taken from this address.";
    co_return refusal_response(request, {403, "not-allowed-from-here", detail, std::nullopt});
  }
  auto response = co_await route(request);
  const auto status = response.status;
  if (status == 400 || status == 404 || status == 405 || status == 415 || status == 422) ++stats_.malformed;
  co_return response;
}

bool ReportService::takes_from(const model::Address& address) const {
  const auto holds = [&address](const model::Network& network) { return network.contains(address); };
  return options_.allow.empty() || std::ranges::any_of(options_.allow, holds);
}

io::Task<Response> ReportService::route(const Request& request) {
  if (is_ping_path(request.path)) {
    if (!reads(request) && request.method != Method::post) co_return wrong_method(request, "GET, HEAD, POST");
    co_return co_await ping(request);
  }
  if (request.path == keepalive_path) {
    if (request.method != Method::post) co_return wrong_method(request, "POST");
    co_return co_await keepalive(request);
  }
  if (request.path == enrol_path) co_return co_await enrol(request);
  if (!reads(request)) co_return wrong_method(request, "GET, HEAD");
  if (request.path == health_path) co_return health();
  co_return request.path == status_path ? status(request) : my_address(request);
}

Response ReportService::health() const {
  const auto now = clock_.now();
  Response response;
  auto& body = response.body;
  body = R"({"status":"healthy","uptime_seconds":)";
  base::json::append(body, std::max<std::int64_t>(base::to_unix_seconds(now) - base::to_unix_seconds(started_at_), 0));
  body += ",\"version\":";
  base::json::append(body, options_.version);
  body += ",\"active_clients\":";
  base::json::append(body, board_.active());
  body += ",\"server_time\":\"" + report_time(now) + "\"}";
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Response ReportService::status(const Request& request) {
  Visit visit{request, clock_.now()};
  if (auto objection = admit(report_key(request), visit)) return std::move(*objection);
  if (auto objection = limit(visit)) return std::move(*objection);
  const auto shape = shape_of(request);
  Response response;
  if (visit.reporter) {
    response.body = board_.one(visit.reporter->name, shape, visit.now);
  } else {
    const auto& all = board_.all(shape, visit.now);
    response.shared_body = all.body;
    response.etag = all.etag;
  }
  add_rate_headers(response, visit.allowance, options_.rate);
  return response;
}

Response ReportService::my_address(const Request& request) {
  Visit visit{request, clock_.now()};
  if (auto objection = admit(report_key(request), visit)) return std::move(*objection);
  if (auto objection = limit(visit)) return std::move(*objection);
  Response response;
  response.body = R"({"address":")" + request.remote_address.to_string() + "\"}";
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

ReportService::Objection ReportService::admit(std::string_view key, Visit& visit) {
  const auto from = subscriber_key(visit.request.remote_address);
  const auto holder = keys_.find(key, visit.now);
  if (holder && holder->reporter) {
    visit.reporter = holder->reporter;
    return std::nullopt;
  }
  if (key.empty()) {
    const auto allowance = strangers_.take(from, options_.rate, visit.now);
    if (!allowance.granted) return too_many(visit.request, allowance, options_.rate);
  } else {
    // Who guesses must not learn from the difference that a guess was right.
    const auto allowance =
        holder ? guesses_.look(from, guess_rate_, visit.now) : guesses_.take(from, guess_rate_, visit.now);
    if (!allowance.granted) return too_many(visit.request, allowance, guess_rate_);
    if (holder) return std::nullopt;
    ++stats_.unknown_keys;
  }
  const std::string detail = key.empty() ? "Send a key as \"Authorization: Bearer KEY\" or as X-API-Key."
                                         : "This key is not known here, or was revoked.";
  auto response = refusal_response(visit.request, {401, "unknown-key", detail, std::nullopt});
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

ReportService::Objection ReportService::limit(Visit& visit) {
  // Whoever shows the shared key to read is one of many: the address counts.
  const auto from = subscriber_key(visit.request.remote_address);
  visit.allowance = visit.reporter ? visit.reporter->bucket.take(options_.rate, visit.now)
                                   : strangers_.take(from, options_.rate, visit.now);
  if (visit.allowance.granted) return std::nullopt;
  return too_many(visit.request, visit.allowance, options_.rate);
}

Response ReportService::too_many(const Request& request, const Allowance& allowance, const Rate& rate) {
  ++stats_.limited;
  return too_many_requests(request, allowance, rate);
}

std::vector<RoleLoss> ReportService::losses() const {
  const auto row = [](std::string name, std::uint64_t count, std::string text) {
    return RoleLoss{"serve", std::move(name), count, std::move(text)};
  };
  const auto& keeper = keeper_.stats();
  return {
      row("reports_malformed", stats_.malformed, "Reports of agents that could not be read, or of a wrong kind."),
      row("report_keys_unknown", stats_.unknown_keys, "Reports with a key that is not known, or was revoked."),
      row("reports_limited", stats_.limited,
          "Reports that were turned away because too many came from one agent or address."),
      row("reports_not_allowed", stats_.not_allowed, "Reports from addresses outside hub.allow."),
      row("reports_replayed", stats_.replayed, "Signed reports that had been here before."),
      row("reports_from_the_future", stats_.from_the_future, "Reports whose time is ahead of this host's clock."),
      row("agents_refused", stats_.agents_refused, "Agents that could not be taken in because there are too many."),
      row("ping_logs_passed_over", stats_.logs_passed_over, "Pings to /log, which say neither good nor bad."),
      row("heartbeats_not_kept", keeper.failed + keeper.refused,
          "Heartbeats that could not be written; they were not acknowledged, and agents send them again."),
  };
}

}  // namespace davylamp::api
