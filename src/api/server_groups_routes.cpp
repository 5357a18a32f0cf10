// Servers under one name, for the scope of accounts.
#include <algorithm>

#include "api/account_rules.hpp"
#include "api/audit_line.hpp"
#include "api/dto/accounts.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

using contract::AccountStore;

// Whether it is new; nothing when there are too many.
std::optional<bool> put(AccountStore& store, const model::ServerGroup& group, model::AuditEntry audit) {
  const auto all = store.server_groups();
  const bool known = std::ranges::find(all, group.name, &model::ServerGroup::name) != all.end();
  if (!known && all.size() >= most_server_groups) return std::nullopt;
  audit.action = known ? "server_group_changed" : "server_group_added";
  store.put_server_group(group, audit);
  return !known;
}

}  // namespace

io::Task<Response> get_server_groups(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  ServerGroupList list;
  list.items = co_await resources.accounts.call([](AccountStore& store) { return store.server_groups(); });
  co_return json_response(list);
}

io::Task<Response> put_server_group(Resources& resources, const Call& call) {
  if (auto refusal = refuse_scoped(call)) co_return std::move(*refusal);
  auto wish = read_body<ServerGroupRequest>(call.request);
  if (!wish) co_return std::move(wish.error());
  const model::ServerGroup group{call.parameter(), std::move(wish->servers)};
  auto complaints = check_server_group(group);
  check_reason(complaints, wish->reason.value_or(""), Need::optional);
  if (!complaints.empty()) co_return complaints.refusal(call.request);
  const auto audit =
      audit_entry(resources, call,
                  {"server_group_changed", group.name, wish->reason.value_or(""),
                   std::to_string(group.servers.size()) + (group.servers.size() == 1 ? " name" : " names")});
  const auto fresh =
      co_await resources.accounts.call([&group, &audit](AccountStore& store) { return put(store, group, audit); });
  if (!fresh)
    co_return refusal_response(call.request,
                               {409, "too-many", "There are too many server groups already.", std::nullopt});
  auto response = json_response(group);
  co_return *fresh ? created(std::move(response)) : std::move(response);
}

io::Task<Response> delete_server_group(Resources& resources, const Call& call) {
  if (auto refusal = refuse_scoped(call)) co_return std::move(*refusal);
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto& name = call.parameter();
  const auto audit = audit_entry(resources, call, {"server_group_removed", name, *reason});
  const auto removed = co_await resources.accounts.call(
      [&name, &audit](AccountStore& store) { return store.remove_server_group(name, audit); });
  co_return removed ? no_content() : store_refusal(call.request, removed.error());
}

}  // namespace davylamp::api
