#include <algorithm>

#include "api/answer.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {

io::Task<Response> get_about(Resources& resources, const Call&) {
  About about;
  about.version = resources.about.version;
  about.host = resources.about.host;
  about.attribution = resources.about.attribution;
  about.lab = std::ranges::any_of(resources.view.servers(), [](const auto& item) { return item.second.lab; });
  about.setup_needed = co_await resources.auth.setup_needed();
  co_return json_response(about);
}

io::Task<Response> get_me(Resources&, const Call& call) {
  const auto& caller = *call.caller;
  co_return json_response(
      Me{caller.account, caller.role, caller.expires_at, caller.origin, caller.scope, caller.second_factor});
}

io::Task<Response> get_live(Resources&, const Call& call) {
  auto response = refusal_response(
      call.request,
      {426, "websocket-only", "This is a WebSocket: connect to it with Upgrade: websocket.", std::nullopt});
  response.headers.emplace_back("Upgrade", "websocket");
  co_return response;
}

}  // namespace davylamp::api
