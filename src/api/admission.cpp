#include "api/admission.hpp"

#include "api/agents/report_paths.hpp"
#include "api/base_path.hpp"
#include "api/forwarded.hpp"
#include "api/problem.hpp"
#include "api/request_target.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

using Objection = std::optional<Response>;

// Over the control socket: somebody who may not use it.
Objection stranger(const Peer& peer, const Request& request) {
  if (peer.account) return std::nullopt;
  return make_problem(request.id, 403, "This socket is for root and for the user that davylampd runs as.");
}

// Takes a trusted proxy's word on who asks, and looks whether they may.
Objection admit_asker(const RequestHead& head, const Peer& peer, ConnectionContext& context, Request& request) {
  const auto& options = context.options;
  const auto asker = who_asks(request, {peer.address, request.secure, peer.proxy}, options.trusted_proxies);
  if (!asker) return make_problem(request.id, 400, asker.error().message + ".");
  request.remote_address = asker->address;
  request.secure = asker->secure;
  request.host = asker->host;
  if (!options.allow.empty() && !any_contains(options.allow, request.remote_address)) {
    ++context.stats.refused_by_allow;
    return make_problem(request.id, 403, "Nobody at your address may ask here.");
  }
  const bool probe = head.target == "/healthz" || head.target == "/readyz";
  const bool near = peer.proxy || peer.address.kind() == model::AddressKind::loopback;
  if (options.only_proxies && !near && !probe) {
    ++context.stats.refused_by_allow;
    return make_problem(request.id, 403, "This server is reached through its proxy only.");
  }
  return std::nullopt;
}

// Over the network: a request that a page of another site made a browser send.
Objection foreign(const RequestHead& head, const Peer& peer, const ConnectionContext& context, const Request& request) {
  auto rules = context.hosts;
  rules.loopback = rules.loopback && !peer.proxy;  // a proxy's names are those that the world knows
  if (!host_allowed(rules, request.host)) {
    return make_problem(request.id, 421,
                        "This server does not answer to the name in the Host header. Add the name to " +
                            context.options.host_names_setting + " in the configuration.");
  }
  // A token of a program counts in place of cookies, and no browser sends one by itself.
  const bool guarded = (changes_state(request.method) || head.upgrade) && !bears_api_token(request);
  if (guarded && origin_is_foreign(request.header("origin"), request.host)) {
    return make_problem(request.id, 403, "The request comes from a page of another site.");
  }
  return std::nullopt;
}

Objection read_target(const RequestHead& head, const ConnectionContext& context, Request& request) {
  auto target = parse_target(head.target);
  if (!target) return make_problem(request.id, 400, "The address is not valid: " + target.error().message + ".");
  take_off_base(*target, context.options.base_path);
  request.base_path = context.options.base_path;
  request.path = std::move(target->path);
  request.segments = std::move(target->segments);
  request.query = std::move(target->query);
  return std::nullopt;
}

Objection check_body(const RequestHead& head, const ConnectionContext& context, const Request& request) {
  if (!is_report_path(request.path) && head.body_bytes > context.options.limits.body_bytes) {
    return make_problem(request.id, 413, "The body of the request is too large.");
  }
  const auto expectation = base::to_lower(request.header("expect"));
  if (!expectation.empty() && expectation != "100-continue") {
    return make_problem(request.id, 417, "The only expectation that is met is 100-continue.");
  }
  return std::nullopt;
}

}  // namespace

std::optional<Response> objection_to(const RequestHead& head, const Peer& peer, ConnectionContext& context,
                                     Request& request) {
  if (!peer.control && head.host_headers != 1) {
    return make_problem(request.id, 400, "The request needs exactly one Host header.");
  }
  if (!peer.control) {
    if (auto refusal = admit_asker(head, peer, context, request)) return refusal;
  }
  if (auto refusal = read_target(head, context, request)) return refusal;
  if (peer.control) {
    if (auto refusal = stranger(peer, request)) return refusal;
  } else if (!is_report_path(request.path)) {
    if (auto refusal = foreign(head, peer, context, request)) return refusal;
  }
  return check_body(head, context, request);
}

}  // namespace davylamp::api
