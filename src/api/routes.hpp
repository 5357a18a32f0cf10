// The API as a table.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/action_board.hpp"
#include "api/alerting_access.hpp"
#include "api/auth/auth_service.hpp"
#include "api/dto/about.hpp"
#include "api/dto/house.hpp"
#include "api/http.hpp"
#include "api/live_view.hpp"
#include "api/rates/rate_limiter.hpp"
#include "api/scope.hpp"
#include "base/zone.hpp"
#include "contract/store.hpp"
#include "io/worker.hpp"
#include "model/command.hpp"

namespace davylamp::api {

// What the page cannot learn from the store.
struct AboutFacts {
  std::string version;
  std::string host;
  std::vector<Attribution> attribution;
};

// What is kept of users, by configuration.
struct PrivacyFacts {
  std::string mode = "full";
  std::vector<std::string> statement{"User names, real addresses, places and byte counts are kept as they are."};
  contract::Retention retention;
};

// What a call may have done besides reading and writing the stores.
struct Effects {
  // Publishes a command. Never blocks, never throws.
  std::function<void(model::Command)> issue;
  // Takes a user who was erased out of the live view.
  std::function<void(const std::string& user)> forget_user;
  std::function<std::vector<RoleLoss>()> own_losses;
  // Settings or tokens of agents changed in the store: those who take reports know it when this is done.
  std::function<io::Task<void>()> agents_changed;
};

// How the identity provider is offered.
struct SignOnFacts {
  std::string name = "single sign-on";  // on the page's button
  std::string redirect_url{};           // where it leads back to; empty: where the page was asked
};

// What route functions work with. Lives as long as the service.
struct Resources {
  io::Worker<contract::StoreReader>& reader;
  io::Worker<contract::AccountStore>& accounts;
  io::Worker<contract::LimitStore>& limits;
  AuthService& auth;
  ActionBoard& actions;
  const LiveView& view;
  const base::Clock& clock;
  const base::Zones& zones;
  AboutFacts about;
  PrivacyFacts privacy;
  Effects effects;
  AlertingAccess alerting;
  SignOnFacts sign_on{};
};

// One request on its way. `parameters` are what stood for the {parts} of the path.
struct Call {
  const Request& request;
  std::optional<Caller> caller;
  std::vector<std::string> parameters;
  Scope scope{};  // what the caller sees
  const std::string& parameter() const { return parameters.front(); }
};

using RouteFunction = io::Task<Response> (*)(Resources& resources, const Call& call);

// Who may call: a role, and those who may do what it may (model::Role); `anyone` needs no login. An operator is no
// auditor.
enum class Access { anyone, viewer, auditor, operator_, admin };

// A {part} of a path stands for one segment, which is not empty and may hold slashes that were encoded.
struct Route {
  Method method;
  std::string_view path;
  Access access;
  RouteFunction function;
  RateClass rate_class = RateClass::ordinary;
};

std::span<const Route> routes();

// What a path leads to: the route, or the methods that would have one.
struct RouteMatch {
  const Route* route = nullptr;
  std::vector<std::string> parameters;
  std::vector<Method> allowed;  // empty: no such path
};
// HEAD is answered as GET.
RouteMatch find_route(const Request& request);
std::string_view method_name(Method method);
// How a request counts: as its route, but a history of more than a week is heavy.
RateClass rate_class_of(const RouteMatch& match, const Request& request);
bool may(const Caller& caller, Access access);

}  // namespace davylamp::api
