// The API as a table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/auth/auth_service.hpp"
#include "api/dto/about.hpp"
#include "api/http.hpp"
#include "api/live_view.hpp"
#include "contract/store.hpp"
#include "io/worker.hpp"

namespace davylamp::api {

// What the page cannot learn from the store.
struct AboutFacts {
  std::string version;
  std::string host;
  std::vector<Attribution> attribution;
};

// What route functions work with. Lives as long as the service.
struct Resources {
  io::Worker<contract::StoreReader>& reader;
  AuthService& auth;
  const LiveView& view;
  const base::Clock& clock;
  AboutFacts about;
};

// One request on its way. `parameter` is what stood for the {part} of the path.
struct Call {
  const Request& request;
  std::optional<Caller> caller;
  std::string parameter;
};

using RouteFunction = io::Task<Response> (*)(Resources& resources, const Call& call);

// The least role that may call; `anyone` needs no login.
enum class Access { anyone, viewer, operator_, admin };

// A path may end with one {part}, which takes all that is left, slashes too (a VPN user's name may hold one).
struct Route {
  Method method;
  std::string_view path;
  Access access;
  RouteFunction function;
};

std::span<const Route> routes();

// What a path leads to: the route, or the methods that would have one.
struct RouteMatch {
  const Route* route = nullptr;
  std::string parameter;
  std::vector<Method> allowed;  // empty: no such path
};
// HEAD is answered as GET.
RouteMatch find_route(Method method, std::string_view path);
std::string_view method_name(Method method);
bool may(const Caller& caller, Access access);

}  // namespace davylamp::api
