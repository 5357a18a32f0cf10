// The rights of VPN users over what is kept of them: a copy, and its end.
#include <algorithm>

#include "api/audit_line.hpp"
#include "api/body.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"
#include "api/user_export.hpp"

namespace davylamp::api {
namespace {

// A user's name as a part of a file's name, whatever it holds.
std::string file_name(const std::string& user) {
  constexpr std::size_t most = 64;
  auto name = user.substr(0, most);
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '@';
  };
  for (auto& c : name) c = is_plain(c) ? c : '_';
  return "davylamp-user-" + name + ".json";
}

bool knows(const UserExport& found) {
  return !found.sessions.empty() || !found.limits.empty() || !found.groups.empty() || found.block ||
         !found.events.empty() || !found.grants.empty() || !found.traffic.points.empty();
}

}  // namespace

io::Task<Response> get_user_export(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  const auto found = co_await gather_user(resources, call.parameter(), {});
  if (!knows(found)) co_return store_refusal(call.request, {"not_found", "Nothing is kept on this VPN user."});
  co_await write_audit(resources, call, {"user_exported", call.parameter(), ""});
  auto response = json_response(found);
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + file_name(found.user) + "\"");
  co_return response;
}

io::Task<Response> delete_user(Resources& resources, const Call& call) {
  const auto reason = read_reason(call.request, Need::required);
  if (!reason) co_return reason.error();
  const auto& user = call.parameter();
  const auto audit = audit_entry(resources, call, {"user_erased", user, *reason});
  const auto rows =
      co_await resources.limits.call([&](contract::LimitStore& store) { return store.erase_user(user, audit); });
  if (!rows) co_return store_refusal(call.request, rows.error());
  resources.effects.forget_user(user);
  tell_limits_changed(resources);
  co_return json_response(Erased{*rows});
}

}  // namespace davylamp::api
