// Ending a session: asked of the collect role over the bus, answered by the VPN server.
#include "api/audit_line.hpp"
#include "api/body.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

Response no_open_session(const Request& request) {
  return refusal_response(request, {404, "not-found", "No such session is open; it may have ended.", std::nullopt});
}

model::EndSession order_for(const model::Session& session, EndWish wish) {
  model::EndSession order;
  order.session_id = session.id;
  order.user = session.user;
  order.reason = model::EndReason::killed;
  if (wish == EndWish::halt) {
    order.mode = model::EndMode::halt;
    order.message = "Disconnected by the operator.";
  }
  return order;
}

}  // namespace

io::Task<Response> post_session_end(Resources& resources, const Call& call) {
  const auto& request = call.request;
  Parameters parameters(request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  auto body = read_body<EndRequest>(request);
  if (!body) co_return std::move(body.error());
  const auto reason = body->reason.value_or("");
  Complaints complaints;
  check_reason(complaints, reason, Need::optional);
  if (!complaints.empty()) co_return complaints.refusal(request);
  const auto id = id_of(call.parameter());
  const auto* const session = resources.view.session(id);
  if (session == nullptr || !call.scope.sees(session->server)) co_return no_open_session(request);
  const auto order = order_for(*session, body->mode);
  auto ticket = resources.actions.open();
  if (!ticket) {
    co_return refusal_response(request,
                               {503, "busy", "Too many actions wait for their servers. Try again.", base::Seconds{2}});
  }
  const auto what = "session " + std::to_string(id) + ", " + std::string(base::json::enum_name(body->mode));
  co_await write_audit(resources, call, {"session_end", order.user, reason, what});
  resources.effects.issue({ticket->command(), resources.clock.now() + resources.actions.patience(), order});
  const auto outcome = co_await ticket->outcome();
  if (outcome && outcome->ok) co_return json_response(ActionResult{true, outcome->text});
  if (outcome) co_return refusal_response(request, {409, "not-ended", outcome->text, std::nullopt});
  if (resources.view.session(id) == nullptr) co_return json_response(ActionResult{true, "The session has ended."});
  co_return refusal_response(request, {409, "no-answer",
                                       "The VPN server did not answer in time, so the session may be open still. See "
                                       "the state of the server, and try again.",
                                       std::nullopt});
}

}  // namespace davylamp::api
