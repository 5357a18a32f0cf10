// POST /api/v1/agents/enrol: a one-time token is exchanged for the agent's own.
#include <boost/describe.hpp>

#include "api/agents/report_service.hpp"
#include "api/auth/token_text.hpp"
#include "api/body.hpp"

namespace davylamp::api {
namespace {

// `name`, `client_id`: what the caller takes itself for; the token decides.
struct EnrolRequest {
  std::string one_time_token;
  std::optional<std::string> name;
  std::optional<std::string> client_id;
};
BOOST_DESCRIBE_STRUCT(EnrolRequest, (), (one_time_token, name, client_id))

struct Enrolled {
  std::string name;
  std::string token;
};
BOOST_DESCRIBE_STRUCT(Enrolled, (), (name, token))

}  // namespace

io::Task<Response> ReportService::enrol(const Request& request) {
  const auto now = clock_.now();
  const auto allowance = guesses_.look(subscriber_key(request.remote_address), guess_rate_, now);
  if (!allowance.granted) co_return too_many(request, allowance, guess_rate_);
  auto body = read_body<EnrolRequest>(request);
  if (!body) co_return std::move(body.error());
  if (body->one_time_token.empty()) {
    Complaints complaints;
    complaints.add("one_time_token", "must be given");
    co_return complaints.refusal(request);
  }
  if (auto enrolled = co_await exchange(body->one_time_token, request)) co_return std::move(*enrolled);
  guesses_.take(subscriber_key(request.remote_address), guess_rate_, now);
  ++stats_.unknown_keys;
  const std::string detail = "This one-time token is not known, was used, or is over. Make a new one for the agent.";
  co_return refusal_response(request, {401, "unknown-key", detail, std::nullopt});
}

io::Task<std::optional<Response>> ReportService::exchange(const std::string& one_time_token, const Request& request) {
  const auto now = clock_.now();
  const auto hash = fingerprint(one_time_token);
  const auto agent = keys_.one_time_agent(hash, now);
  if (!agent) co_return std::nullopt;
  const Enrolled enrolled{*agent, random_token()};
  const model::AgentToken fresh{.agent = *agent, .token_hash = fingerprint(enrolled.token), .created_at = now};
  const model::AuditEntry entry{now, "agent " + *agent, "agent_enrolled", *agent, request.remote_address.to_string()};
  const auto put = [hash, fresh, now, entry](contract::AgentStore& store) {
    return store.exchange_token(hash, fresh, now, entry);
  };
  const auto exchanged = co_await agents_.call(put);
  co_await reload();
  if (!exchanged) co_return std::nullopt;
  auto response = json_response(enrolled);
  response.status = 201;
  co_return response;
}

}  // namespace davylamp::api
