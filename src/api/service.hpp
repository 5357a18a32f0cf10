// What the transport serves: the routes and the live stream.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <variant>
#include <vector>

#include "api/auth/auth_service.hpp"
#include "api/http.hpp"
#include "api/live_hub.hpp"
#include "api/live_view.hpp"
#include "api/routes.hpp"

namespace davylamp::api {

// Everything on one loop. Must outlive the transport's calls; live connections may outlive it and then end.
class ApiService : public Service {
 public:
  struct Dependencies {
    io::Worker<contract::StoreReader>& reader;
    io::Worker<contract::AccountStore>& accounts;
    io::Worker<PasswordHasher>& hasher;
    const base::Clock& clock;
    AboutFacts about;
    boost::asio::any_io_executor executor;
  };
  explicit ApiService(Dependencies dependencies);

  io::Task<Response> answer(Request request) override;
  io::Task<std::variant<Response, std::unique_ptr<LiveConnection>>> open_live(Request request) override;

  // Makes the view anew from the store: at start, and when changes were missed. Changes that are applied while it reads
  // are not lost. One at a time.
  io::Task<void> reload();
  // Takes changes in and tells the viewers.
  void apply(const std::vector<model::Change>& changes);
  // Sends frames, ends connections of accounts that were removed, removes old refresh tokens; until cancelled
  // (operation_aborted).
  io::Task<void> run();

  const LiveView& view() const { return view_; }
  HubStats hub_stats() const { return hub_.stats(); }
  const AuthStats& auth_stats() const { return auth_.stats(); }

 private:
  io::Task<Response> dispatch(const Request& request);
  std::optional<Response> refuse(const Request& request, const RouteMatch& match,
                                 const std::optional<Caller>& caller) const;
  io::Task<void> keep_house();

  AuthService auth_;
  LiveView view_;
  LiveHub hub_;
  Resources resources_;
  boost::asio::any_io_executor executor_;
  std::optional<std::vector<model::Change>> during_reload_;
};

}  // namespace davylamp::api
