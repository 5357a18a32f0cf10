#include "api/service.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "api/answer.hpp"
#include "api/own_losses.hpp"
#include "api/rates/rate_answer.hpp"
#include "api/scoped_routes.hpp"
#include "io/together.hpp"

namespace davylamp::api {
namespace {

constexpr std::string_view live_path = "/api/v1/live";
constexpr std::size_t most_kept_changes = 200'000;

struct Stored {
  std::vector<model::Session> sessions;
  std::vector<model::Server> servers;
  std::vector<model::Event> events;
  std::vector<model::Agent> agents;
  std::vector<model::Incident> incidents;
};

constexpr std::chrono::hours resolved_shown{24};

Stored read_all(contract::StoreReader& reader, base::Time now) {
  contract::IncidentQuery incidents;
  incidents.from = now - resolved_shown;
  incidents.limit = LiveView::most_incidents;
  return {reader.open_sessions(), reader.servers(), reader.events(LiveView::most_events, std::nullopt), reader.agents(),
          reader.incidents(incidents).items};
}

}  // namespace

ApiService::ApiService(Dependencies dependencies)
    : auth_({dependencies.accounts, dependencies.hasher, dependencies.clock,
             [this](const std::string& family) { hub_.close_family(family); }, dependencies.directory,
             dependencies.single_sign_on}),
      hub_(view_, dependencies.clock, dependencies.executor),
      actions_(dependencies.executor, dependencies.actions),
      server_stats_(std::move(dependencies.server_stats)),
      bus_trouble_(std::move(dependencies.bus_trouble)),
      rates_(dependencies.rates ? std::optional<RateLimiter>(std::in_place, *dependencies.rates, dependencies.clock,
                                                             dependencies.shared_buckets)
                                : std::nullopt),
      reports_(dependencies.reports),
      resources_{dependencies.reader,
                 dependencies.accounts,
                 dependencies.limits,
                 auth_,
                 actions_,
                 view_,
                 dependencies.clock,
                 dependencies.zones,
                 std::move(dependencies.about),
                 std::move(dependencies.privacy),
                 effects(dependencies),
                 std::move(dependencies.alerting),
                 std::move(dependencies.sign_on)},
      executor_(std::move(dependencies.executor)) {}

Effects ApiService::effects(Dependencies& dependencies) {
  Effects effects;
  effects.issue = dependencies.issue ? std::move(dependencies.issue) : [](const model::Command&) {};
  effects.forget_user = [this](const std::string& user) { forget_user(user); };
  effects.agents_changed = [this] { return agents_changed(); };
  effects.own_losses = [this] {
    auto losses = losses_of(hub_.stats(), auth_.stats(), server_stats_ ? server_stats_() : ServerStats{});
    const auto limited = rates_ ? losses_of(*rates_) : std::vector<RoleLoss>{};
    losses.insert(losses.end(), limited.begin(), limited.end());
    const auto more = reports_ == nullptr ? std::vector<RoleLoss>{} : reports_->losses();
    losses.insert(losses.end(), more.begin(), more.end());
    return losses;
  };
  return effects;
}

io::Task<Response> ApiService::answer(Request request) {
  try {
    co_return co_await dispatch(request);
  } catch (const base::Failure& failure) {
    if (failure.error().code != "overloaded") throw;
  }
  const std::string detail = "The server has too much to do. Try again.";
  co_return refusal_response(request, {503, "overloaded", detail, base::Seconds{2}});
}

io::Task<Response> ApiService::dispatch(const Request& request) {
  if (is_probe(request)) co_return co_await answer_probe(request, {view_, resources_.reader, bus_trouble_});
  if (reports_ != nullptr && ReportService::takes(request)) co_return co_await reports_->answer(request);
  RateTicket ticket;
  auto response = co_await dispatch(request, ticket);
  if (ticket.counted && ticket.allowance.granted) add_rate_headers(response, ticket.allowance, ticket.rate);
  co_return response;
}

io::Task<Response> ApiService::dispatch(const Request& request, RateTicket& ticket) {
  const auto match = find_route(request);
  const auto rate_class = rate_class_of(match, request);
  bool granted = co_await count_address(ticket, request, rate_class);
  if (!granted) co_return too_many_requests(request, ticket.allowance, ticket.rate);
  co_await auth_.prepare();
  auto caller = co_await identify(request);
  granted = co_await count_login(ticket, caller, rate_class);
  if (!granted) co_return too_many_requests(request, ticket.allowance, ticket.rate);
  if (auto refusal = co_await admit(request, match, caller)) co_return std::move(*refusal);
  auto scope = co_await scope_of(caller);
  const Call call{request, std::move(caller), match.parameters, std::move(scope)};
  if (auto instead = answer_outside_scope(*match.route, call)) co_return std::move(*instead);
  co_return co_await match.route->function(resources_, call);
}

io::Task<bool> ApiService::count_address(RateTicket& ticket, const Request& request, RateClass rate_class) {
  if (!rates_ || request.local_account) co_return true;
  co_return co_await rates_->take_address(ticket, request.remote_address, rate_class);
}

io::Task<bool> ApiService::count_login(RateTicket& ticket, const std::optional<Caller>& caller, RateClass rate_class) {
  // Over the control socket nobody was counted before either.
  if (!ticket.counted || !caller) co_return true;
  co_return co_await rates_->take_login(ticket, caller->family.empty() ? caller->account : caller->family, rate_class);
}

io::Task<std::optional<Response>> ApiService::admit(const Request& request, const RouteMatch& match,
                                                    std::optional<Caller>& caller) {
  const bool guarded = match.route != nullptr && match.route->access != Access::anyone;
  // What somebody may do and see is what the account may now, not what it might when the token was made.
  if (guarded && caller && !request.local_account) caller = co_await auth_.current(std::move(*caller));
  co_return refuse(request, match, caller);
}

io::Task<Scope> ApiService::scope_of(const std::optional<Caller>& caller) {
  if (!caller || caller->scope.empty()) co_return Scope();
  const auto groups =
      co_await resources_.accounts.call([](contract::AccountStore& store) { return store.server_groups(); });
  co_return Scope(caller->scope, groups);
}

io::Task<std::optional<Caller>> ApiService::identify(const Request& request) {
  if (bears_api_token(request)) co_return co_await auth_.bearer(request);
  co_return auth_.caller(request);
}

std::optional<Response> ApiService::refuse(const Request& request, const RouteMatch& match,
                                           const std::optional<Caller>& caller) const {
  if (match.allowed.empty()) {
    return refusal_response(request, {404, "no-such-path", "The API has no such path.", std::nullopt});
  }
  if (match.route == nullptr) {
    std::string allowed;
    for (const auto method : match.allowed) allowed += (allowed.empty() ? "" : ", ") + std::string(method_name(method));
    auto response = refusal_response(request, {405, "wrong-method", "This path knows " + allowed + ".", std::nullopt});
    response.headers.emplace_back("Allow", allowed);
    return response;
  }
  if (match.route->access == Access::anyone) return std::nullopt;
  if (!caller) return refusal_response(request, {401, "signed-out", "Sign in first.", std::nullopt});
  if (may(*caller, match.route->access)) return std::nullopt;
  return refusal_response(request, {403, "not-allowed", "Your role does not permit this.", std::nullopt});
}

io::Task<std::variant<Response, std::unique_ptr<LiveConnection>>> ApiService::open_live(Request request) {
  RateTicket ticket;
  bool granted = co_await count_address(ticket, request, RateClass::ordinary);
  if (!granted) co_return too_many_requests(request, ticket.allowance, ticket.rate);
  co_await auth_.prepare();
  if (request.path != live_path) {
    co_return refusal_response(request, {404, "no-such-path", "The API has no such socket.", std::nullopt});
  }
  auto caller = co_await identify(request);
  granted = co_await count_login(ticket, caller, RateClass::ordinary);
  if (!granted) co_return too_many_requests(request, ticket.allowance, ticket.rate);
  const auto match = find_route(request);
  if (auto refusal = co_await admit(request, match, caller)) co_return std::move(*refusal);
  if (request.local_account) {
    if (auto connection = hub_.join("")) co_return connection;
  } else {
    const auto scope = co_await scope_of(caller);
    if (auto connection = hub_.join(caller->account, caller->family, scope, caller->token_ends_at))
      co_return connection;
  }
  const std::string detail = "Too many pages are watching. Close some and try again.";
  co_return refusal_response(request, {503, "too-many-viewers", detail, base::Seconds{10}});
}

io::Task<void> ApiService::reload() {
  co_await auth_.prepare();
  Stored stored;
  do {
    during_reload_.emplace();
    stored = co_await resources_.reader.call(
        [now = resources_.clock.now()](contract::StoreReader& reader) { return read_all(reader, now); });
  } while (during_reload_->size() >= most_kept_changes);
  view_.reset(std::move(stored.sessions), std::move(stored.servers), std::move(stored.events));
  if (reports_ != nullptr) {
    reports_->board().reset(stored.agents);
    co_await reports_->reload();
  }
  view_.reset_alerting(std::move(stored.agents), std::move(stored.incidents));
  // The store may have been read before these were in it; those that were do no harm twice.
  view_.apply(*during_reload_);
  if (reports_ != nullptr) reports_->board().apply(*during_reload_);
  during_reload_.reset();
  hub_.restart();
  resources_.effects.issue({0, resources_.clock.now() + base::Seconds(60), model::RunJob{"tell_quotas"}});
}

void ApiService::apply(const std::vector<model::Change>& changes) {
  if (during_reload_ && during_reload_->size() < most_kept_changes) {
    during_reload_->insert(during_reload_->end(), changes.begin(), changes.end());
  }
  for (const auto& change : changes) {
    if (view_.apply_one(change)) hub_.note(change);
  }
  if (reports_ != nullptr) reports_->board().apply(changes);
  for (const auto& change : changes) {
    if (const auto* const done = std::get_if<model::CommandDone>(&change)) actions_.note(*done);
  }
}

void ApiService::forget_user(const std::string& user) {
  view_.forget_user(user);
  hub_.restart();
  resources_.effects.issue(
      {.id = 0, .expires_at = resources_.clock.now() + base::Seconds{60}, .order = model::ForgetUser{user}});
}

io::Task<void> ApiService::agents_changed() {
  if (reports_ != nullptr) co_await reports_->reload();
  resources_.effects.issue({0, resources_.clock.now() + base::Seconds(60), model::AgentsChanged{}});
}

io::Task<void> ApiService::hear(const model::Command& command) {
  if (const auto* erased = std::get_if<model::ForgetUser>(&command.order)) {
    view_.forget_user(erased->user);
    hub_.restart();
  } else if (std::holds_alternative<model::AgentsChanged>(command.order) && reports_ != nullptr) {
    try {
      co_await reports_->reload();
    } catch (const base::Failure&) {  // NOLINT(bugprone-empty-catch)
      // The store is away: whoever reports meanwhile is not let in, and tries again.
    }
  }
}

io::Task<void> ApiService::run() {
  if (reports_ == nullptr) co_return co_await io::together(hub_.run(), keep_house());
  co_await io::together(io::together(hub_.run(), keep_house()), reports_->run());
}

io::Task<void> ApiService::keep_house() {
  constexpr std::chrono::seconds heartbeat{4};
  constexpr int beats_to_tidy = 150;
  boost::asio::steady_timer timer(executor_);
  for (int beat = 1;; ++beat) {
    timer.expires_after(heartbeat);
    co_await timer.async_wait(boost::asio::use_awaitable);
    try {
      co_await watch_accounts();
      if (beat % beats_to_tidy == 0) co_await auth_.tidy();
    } catch (const base::Failure&) {  // NOLINT(bugprone-empty-catch)
      // The store is away or busy: there is a next time.
    }
  }
}

io::Task<void> ApiService::watch_accounts() {
  const auto watching = hub_.accounts();
  if (watching.empty()) {
    standings_.clear();
    co_return;
  }
  auto now = co_await auth_.standings(watching);
  for (const auto& account : watching) {
    const auto found = now.find(account);
    const auto before = standings_.find(account);
    const bool changed = found != now.end() && before != standings_.end() && before->second != found->second;
    if (found == now.end() || changed) hub_.close(account);
  }
  standings_ = std::move(now);
  if (!hub_.has_scopes()) co_return;
  hub_.close_changed_scopes(
      co_await resources_.accounts.call([](contract::AccountStore& store) { return store.server_groups(); }));
}

}  // namespace davylamp::api
