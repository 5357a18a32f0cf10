#include "probe/hub_client.hpp"

#include <algorithm>

#include "base/codec.hpp"
#include "base/text.hpp"
#include "probe/signature.hpp"

namespace davylamp::probe {
namespace {

constexpr base::Milliseconds longest_delivery{15'000};
constexpr base::Milliseconds clocks_differ{30'000};
constexpr base::Milliseconds worth_correcting{250};
constexpr base::Milliseconds worth_correcting_by_seconds{1'500};  // a Date header has whole ones
constexpr std::uint32_t longest_retry_seconds = 3'600;
constexpr std::size_t nonce_bytes = 16;

std::string body_of(const std::string& name, const std::vector<QueuedReport>& reports) {
  std::string body = "{\"client_id\":";
  base::json::append(body, name);
  body += reports.size() == 1 ? ",\"heartbeat\":" : ",\"heartbeats\":[";
  for (std::size_t i = 0; i < reports.size(); ++i) {
    if (i != 0) body += ',';
    base::json::append(body, reports[i].heartbeat);
  }
  if (reports.size() != 1) body += ']';
  return body + "}";
}

Delivered outcome_of(unsigned status) {
  if (status == 200) return Delivered::accepted;
  if (status == 401 || status == 403 || status == 404) return Delivered::refused;
  if (status == 400 || status == 413 || status == 415 || status == 422) return Delivered::unusable;
  return Delivered::later;
}

std::string refusal(const WebAddress& hub, const HttpAnswer& answer, const HubAnswer& said) {
  auto text = "the hub " + hub.host_text() + " answers with HTTP status " + std::to_string(answer.status);
  if (said.message) text += ": " + base::printable(*said.message);
  if (answer.status == 401 || answer.status == 403)
    text += "; the token is wrong or was revoked: give the agent a new one (--enrol, or --token-file)";
  if (answer.status == 404) text += "; is this the address of a hub?";
  return text;
}

std::optional<base::Seconds> retry_after(const HttpAnswer& answer) {
  const auto found = answer.headers.find("retry-after");
  if (found == answer.headers.end()) return std::nullopt;
  const auto seconds = base::parse_number<std::uint32_t>(found->second);
  return seconds ? std::optional(base::Seconds{std::min(*seconds, longest_retry_seconds)}) : std::nullopt;
}

}  // namespace

HubClient::HubClient(HttpClient& http, const base::Clock& clock, Options options)
    : http_(http), clock_(clock), options_(std::move(options)) {}

HttpQuestion HubClient::question(const std::vector<QueuedReport>& reports) const {
  HttpQuestion question;
  question.address = options_.hub.with("/api/v1/keepalive");
  question.body = body_of(options_.name, reports);
  question.within = longest_delivery;
  question.keep = true;
  const auto timestamp = std::to_string(now().time_since_epoch().count());
  const auto nonce = random_text(nonce_bytes);
  question.headers = {{"Authorization", "Bearer " + options_.token},
                      {"X-Davylamp-Timestamp", timestamp},
                      {"X-Davylamp-Nonce", nonce},
                      {"X-Davylamp-Signature", sign(options_.token, {timestamp, nonce, *question.body})}};
  return question;
}

bool HubClient::set_clock(const HttpAnswer& answer, const HubAnswer& said) {
  auto theirs = said.server_time;
  const auto header = answer.headers.find("date");
  if (!theirs && header != answer.headers.end()) theirs = read_http_date(header->second);
  if (!theirs) return false;
  const auto offset = *theirs + answer.took / 2 - clock_.now();
  const auto change = offset > offset_ ? offset - offset_ : offset_ - offset;
  if (change > (said.server_time ? worth_correcting : worth_correcting_by_seconds)) offset_ = offset;
  return change > clocks_differ;
}

io::Task<Delivery> HubClient::deliver(std::vector<QueuedReport> reports) {
  Delivery delivery;
  try {
    const auto answer = co_await http_.ask(question(reports));
    delivery.answer = read_hub_answer(answer.body);
    const bool clock_was_off = set_clock(answer, delivery.answer);
    delivery.outcome = outcome_of(answer.status);
    if (delivery.outcome != Delivered::accepted) delivery.why = refusal(options_.hub, answer, delivery.answer);
    delivery.not_before = retry_after(answer);
    if (delivery.outcome != Delivered::accepted && clock_was_off) delivery.outcome = Delivered::wrong_time;
  } catch (const base::Failure& failure) {
    delivery.why = failure.error().message;
  }
  co_return delivery;
}

io::Task<Enrolment> enrol(HttpClient& http, WebAddress hub, std::string one_time_token, std::string name) {
  HttpQuestion question;
  question.address = hub.with("/api/v1/agents/enrol");
  std::string body = "{\"one_time_token\":";
  base::json::append(body, one_time_token);
  body += ",\"client_id\":";
  base::json::append(body, name);
  question.body = body + "}";
  question.within = longest_delivery;
  const auto answer = co_await http.ask(std::move(question));
  if (answer.status != 200 && answer.status != 201) {
    const auto said = read_hub_answer(answer.body).message;
    throw base::Failure("refused",
                        "the hub " + hub.host_text() + " does not take the one-time token (HTTP status " +
                            std::to_string(answer.status) + (said ? ": " + base::printable(*said) : "") +
                            "); it can be used once and only for a while: make a new one on the Agents page");
  }
  co_return base::value_or_throw(read_enrolment(answer.body));
}

}  // namespace davylamp::probe
