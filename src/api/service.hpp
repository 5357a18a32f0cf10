// What the transport serves: the routes and the live stream.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <variant>
#include <vector>

#include "api/agents/report_service.hpp"
#include "api/auth/auth_service.hpp"
#include "api/http.hpp"
#include "api/live_hub.hpp"
#include "api/live_view.hpp"
#include "api/probes.hpp"
#include "api/rates/rate_limiter.hpp"
#include "api/routes.hpp"
#include "api/server.hpp"

namespace davylamp::api {

// Everything on one loop. Must outlive the transport's calls; live connections may outlive it and then end.
class ApiService : public Service {
 public:
  struct Dependencies {
    io::Worker<contract::StoreReader>& reader;
    io::Worker<contract::AccountStore>& accounts;
    io::Worker<contract::LimitStore>& limits;
    io::Worker<PasswordHasher>& hasher;
    const base::Clock& clock;
    const base::Zones& zones;
    AboutFacts about;
    boost::asio::any_io_executor executor;
    PrivacyFacts privacy{};
    // Publishes a command; without it commands go nowhere. Never blocks, never throws.
    std::function<void(model::Command)> issue{};
    // Of the server that carries this service, for its losses.
    std::function<ServerStats()> server_stats{};
    // Why the bus carries nothing, for /readyz; empty: it always does.
    std::function<std::optional<base::Error>()> bus_trouble{};
    ActionBoard::Options actions{};
    // Where agents report; null: they cannot. Outlives this service.
    ReportService* reports = nullptr;
    AlertingAccess alerting{};
    // How often somebody may ask; absent: as often as they like. The control socket is never counted.
    std::optional<Rates> rates{};
    // The count over all daemons; null: this one counts alone. Outlives this service.
    contract::SharedBuckets* shared_buckets = nullptr;
    // Who knows people from elsewhere; null: nobody. They outlive this service.
    io::Worker<contract::Directory>* directory = nullptr;
    io::Worker<contract::SingleSignOn>* single_sign_on = nullptr;
    SignOnFacts sign_on{};
  };
  explicit ApiService(Dependencies dependencies);

  io::Task<Response> answer(Request request) override;
  io::Task<std::variant<Response, std::unique_ptr<LiveConnection>>> open_live(Request request) override;

  // Makes the view anew from the store: at start, and when changes were missed. Changes that are applied while it reads
  // are not lost. One at a time. Asks the process role to tell all quotas (job "tell_quotas"), for they are not stored.
  io::Task<void> reload();
  // Takes changes in and tells the viewers.
  void apply(const std::vector<model::Change>& changes);
  // What another daemon changed in the store.
  io::Task<void> hear(const model::Command& command);
  // Sends frames, ends connections of accounts that were removed or changed within seconds, removes old refresh tokens;
  // until cancelled (operation_aborted).
  io::Task<void> run();

  const LiveView& view() const { return view_; }
  HubStats hub_stats() const { return hub_.stats(); }
  const AuthStats& auth_stats() const { return auth_.stats(); }

 private:
  io::Task<Response> dispatch(const Request& request);
  io::Task<Response> dispatch(const Request& request, RateTicket& ticket);
  // False: the request is one too many.
  io::Task<bool> count_address(RateTicket& ticket, const Request& request, RateClass rate_class);
  io::Task<bool> count_login(RateTicket& ticket, const std::optional<Caller>& caller, RateClass rate_class);
  // By cookie, API token or control socket.
  io::Task<std::optional<Caller>> identify(const Request& request);
  io::Task<Scope> scope_of(const std::optional<Caller>& caller);
  // Fills in the caller of the call; a response when it must not go further.
  io::Task<std::optional<Response>> admit(const Request& request, const RouteMatch& match,
                                          std::optional<Caller>& caller);
  std::optional<Response> refuse(const Request& request, const RouteMatch& match,
                                 const std::optional<Caller>& caller) const;
  io::Task<void> keep_house();
  io::Task<void> watch_accounts();
  void forget_user(const std::string& user);
  io::Task<void> agents_changed();
  Effects effects(Dependencies& dependencies);

  AuthService auth_;
  LiveView view_;
  LiveHub hub_;
  ActionBoard actions_;
  std::function<ServerStats()> server_stats_;
  std::function<std::optional<base::Error>()> bus_trouble_;
  std::optional<RateLimiter> rates_;
  ReportService* reports_;
  Resources resources_;
  boost::asio::any_io_executor executor_;
  std::map<std::string, std::string> standings_;  // of the accounts that watch, as they were when last looked at
  std::optional<std::vector<model::Change>> during_reload_;
};

}  // namespace davylamp::api
