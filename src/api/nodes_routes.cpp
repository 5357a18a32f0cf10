// Hosts whose collectors may deliver over the network.
#include <algorithm>

#include "api/account_rules.hpp"
#include "api/agent_checks.hpp"
#include "api/audit_line.hpp"
#include "api/dto/nodes.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"
#include "base/text.hpp"
#include "io/node_token.hpp"

namespace davylamp::api {
namespace {

using contract::NodeStore;

std::expected<EnrolRequest, Response> read_enrolment(const Request& request, const std::string& name) {
  Parameters parameters(request);
  const auto reason = parameters.text("reason");
  if (auto refusal = parameters.refusal()) return std::unexpected(std::move(*refusal));
  auto wish = read_body<EnrolRequest>(request);
  if (!wish) return wish;
  if (!wish->reason) wish->reason = reason;
  auto complaints = check_node_name(name);
  check_reason(complaints, *wish->reason, Need::optional);
  if (!complaints.empty()) return std::unexpected(complaints.refusal(request));
  return wish;
}

// The sentence is for whoever meant another host.
Response taken(const Request& request, const model::Node& node) {
  const auto who = base::printable(node.name);
  const auto line =
      node.connected_to ? ", and its collector is connected to " + base::printable(*node.connected_to) : "";
  return refusal_response(
      request,
      {409, "exists",
       who + " is enrolled already" + line +
           ". Another token would end the one that it has, and its connection: ask with replace to do that, or "
           "enrol the other host under a name of its own.",
       std::nullopt});
}

// Enrols it and returns nothing; or returns the one that is there, which keeps its token. In one step: of two who ask
// at the same moment one is told of the other.
std::optional<model::Node> enrol(NodeStore& store, const model::Node& node, const model::AuditEntry& audit,
                                 bool replaces) {
  if (!replaces) {
    const auto nodes = store.nodes();
    const auto known = std::ranges::find(nodes, node.name, &model::Node::name);
    if (known != nodes.end()) return *known;
  }
  store.enrol(node, audit);
  return std::nullopt;
}

}  // namespace

io::Task<Response> get_nodes(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  const auto nodes = co_await resources.alerting.nodes->call([](NodeStore& store) { return store.nodes(); });
  NodeList list;
  for (const auto& node : nodes) {
    list.items.push_back({node.name, node.enrolled_at, node.enrolled_by, node.last_seen_at, node.version, node.skew_ms,
                          node.connected_to});
  }
  const auto& end = resources.alerting.uplink_end;
  if (end && may(*call.caller, Access::admin)) list.uplink = end();
  co_return json_response(list);
}

// One that is there gets another token if that is wished; whoever shows the former one is sent away within seconds.
io::Task<Response> post_node_enrol(Resources& resources, const Call& call) {
  const auto& name = call.parameter();
  const auto wish = read_enrolment(call.request, name);
  if (!wish) co_return wish.error();
  const IssuedNodeToken issued{io::make_node_token()};
  const auto audit = audit_entry(resources, call, {"node_enrolled", name, *wish->reason});
  model::Node node;
  node.name = name;
  node.token_hash = io::node_token_hash(issued.token);
  node.enrolled_at = resources.clock.now();
  node.enrolled_by = audit.account;
  const bool replaces = wish->replace.value_or(false);
  const auto known =
      co_await resources.alerting.nodes->call([&](NodeStore& store) { return enrol(store, node, audit, replaces); });
  if (known) co_return taken(call.request, *known);
  co_return created(json_response(issued));
}

io::Task<Response> delete_node(Resources& resources, const Call& call) {
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto& name = call.parameter();
  const auto audit = audit_entry(resources, call, {"node_removed", name, *reason});
  const auto removed =
      co_await resources.alerting.nodes->call([&](NodeStore& store) { return store.remove_node(name, audit); });
  if (!removed) co_return store_refusal(call.request, removed.error());
  co_return no_content();
}

}  // namespace davylamp::api
