#include "api/routes.hpp"

#include <array>

#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

constexpr std::array table{
    Route{Method::get, "/api/v1/about", Access::anyone, get_about},
    Route{Method::post, "/api/v1/auth/login", Access::anyone, post_login},
    Route{Method::post, "/api/v1/auth/refresh", Access::anyone, post_refresh},
    Route{Method::post, "/api/v1/auth/logout", Access::anyone, post_logout},
    Route{Method::get, "/api/v1/me", Access::viewer, get_me},
    Route{Method::get, "/api/v1/sessions", Access::viewer, get_sessions},
    Route{Method::get, "/api/v1/sessions/{id}", Access::viewer, get_session},
    Route{Method::get, "/api/v1/users", Access::viewer, get_users},
    Route{Method::get, "/api/v1/users/{user}", Access::viewer, get_user},
    Route{Method::get, "/api/v1/servers", Access::viewer, get_servers},
    Route{Method::get, "/api/v1/stats", Access::viewer, get_stats},
    Route{Method::get, "/api/v1/map", Access::viewer, get_map},
    Route{Method::get, "/api/v1/history", Access::viewer, get_history},
    Route{Method::get, "/api/v1/events", Access::viewer, get_events},
    Route{Method::get, "/api/v1/live", Access::viewer, get_live},
};

// What stands for the {part}, empty when the pattern has none; nothing when the path is another one.
std::optional<std::string> match(std::string_view pattern, std::string_view path) {
  const auto part = pattern.find('{');
  if (part == std::string_view::npos) return pattern == path ? std::optional<std::string>("") : std::nullopt;
  if (!path.starts_with(pattern.substr(0, part)) || path.size() == part) return std::nullopt;
  return std::string(path.substr(part));
}

}  // namespace

std::span<const Route> routes() {
  return table;
}

RouteMatch find_route(Method method, std::string_view path) {
  const auto wanted = method == Method::head ? Method::get : method;
  RouteMatch found;
  for (const auto& route : table) {
    auto parameter = match(route.path, path);
    if (!parameter) continue;
    found.allowed.push_back(route.method);
    if (route.method == Method::get) found.allowed.push_back(Method::head);
    if (route.method != wanted) continue;
    found.route = &route;
    found.parameter = std::move(*parameter);
  }
  return found;
}

std::string_view method_name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::delete_:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
    case Method::other:
      break;
  }
  return "OTHER";
}

bool may(const Caller& caller, Access access) {
  switch (access) {
    case Access::anyone:
    case Access::viewer:
      return true;
    case Access::operator_:
      return caller.role != model::Role::viewer;
    case Access::admin:
      return caller.role == model::Role::admin;
  }
  return false;
}

}  // namespace davylamp::api
