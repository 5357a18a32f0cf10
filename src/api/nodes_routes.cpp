// Hosts whose collectors may deliver over the network.
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

constexpr std::size_t longest_node_name = 200;

bool is_node_name(const std::string& name) {
  return !name.empty() && name.size() <= longest_node_name && base::printable(name) == name &&
         name.find('/') == std::string::npos && base::trim(name) == name;
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
  co_return json_response(list);
}

// One that is there gets another token; whoever shows the former one is sent away within seconds.
io::Task<Response> post_node_enrol(Resources& resources, const Call& call) {
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto& name = call.parameter();
  if (!is_node_name(name)) {
    co_return refusal_response(call.request, {422, "invalid",
                                              "A node's name has 1 to 200 printable characters, without a slash and "
                                              "without spaces around it.",
                                              std::nullopt});
  }
  const IssuedNodeToken issued{io::make_node_token()};
  const auto audit = audit_entry(resources, call, {"node_enrolled", name, *reason});
  model::Node node;
  node.name = name;
  node.token_hash = io::node_token_hash(issued.token);
  node.enrolled_at = resources.clock.now();
  node.enrolled_by = audit.account;
  co_await resources.alerting.nodes->call([&](NodeStore& store) { store.enrol(node, audit); });
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
