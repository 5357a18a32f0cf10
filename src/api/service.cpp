#include "api/service.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "api/answer.hpp"
#include "io/together.hpp"

namespace davylamp::api {
namespace {

constexpr std::string_view live_path = "/api/v1/live";
constexpr std::size_t most_kept_changes = 200'000;

struct Stored {
  std::vector<model::Session> sessions;
  std::vector<model::Server> servers;
  std::vector<model::Event> events;
};

Stored read_all(contract::StoreReader& reader) {
  return {reader.open_sessions(), reader.servers(), reader.events(LiveView::most_events, std::nullopt)};
}

}  // namespace

ApiService::ApiService(Dependencies dependencies)
    : auth_({dependencies.accounts, dependencies.hasher, dependencies.clock}),
      hub_(view_, dependencies.clock, dependencies.executor),
      resources_{dependencies.reader, auth_, view_, dependencies.clock, std::move(dependencies.about)},
      executor_(std::move(dependencies.executor)) {}

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
  co_await auth_.prepare();
  const auto match = find_route(request.method, request.path);
  auto caller = auth_.caller(request);
  if (auto refusal = refuse(request, match, caller)) co_return std::move(*refusal);
  const Call call{request, std::move(caller), match.parameter};
  co_return co_await match.route->function(resources_, call);
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
  co_await auth_.prepare();
  if (request.path != live_path) {
    co_return refusal_response(request, {404, "no-such-path", "The API has no such socket.", std::nullopt});
  }
  const auto caller = auth_.caller(request);
  if (auto refusal = refuse(request, find_route(Method::get, live_path), caller)) co_return std::move(*refusal);
  auto connection = hub_.join(caller->account);
  if (connection) co_return connection;
  const std::string detail = "Too many pages are watching. Close some and try again.";
  co_return refusal_response(request, {503, "too-many-viewers", detail, base::Seconds{10}});
}

io::Task<void> ApiService::reload() {
  co_await auth_.prepare();
  Stored stored;
  do {
    during_reload_.emplace();
    stored = co_await resources_.reader.call(read_all);
  } while (during_reload_->size() >= most_kept_changes);
  view_.reset(std::move(stored.sessions), std::move(stored.servers), std::move(stored.events));
  // The store may have been read before these were in it; those that were do no harm twice.
  view_.apply(*during_reload_);
  during_reload_.reset();
  hub_.restart();
}

void ApiService::apply(const std::vector<model::Change>& changes) {
  if (during_reload_ && during_reload_->size() < most_kept_changes) {
    during_reload_->insert(during_reload_->end(), changes.begin(), changes.end());
  }
  view_.apply(changes);
  hub_.note(changes);
}

io::Task<void> ApiService::run() {
  co_await io::together(hub_.run(), keep_house());
}

io::Task<void> ApiService::keep_house() {
  boost::asio::steady_timer timer(executor_);
  for (;;) {
    timer.expires_after(std::chrono::minutes(10));
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_await auth_.tidy();
    for (const auto& account : hub_.accounts()) {
      if (!co_await auth_.exists(account)) hub_.close(account);
    }
  }
}

}  // namespace davylamp::api
