// The whole service on a loop of its own, over rows that a test fills by hand.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "api/auth/token_text.hpp"
#include "api/request_target.hpp"
#include "api/service.hpp"
#include "api/testing/fake_accounts.hpp"
#include "api/testing/fake_agents.hpp"
#include "api/testing/fake_alerts.hpp"
#include "api/testing/fake_limits.hpp"
#include "api/testing/fake_nodes.hpp"
#include "api/testing/fake_store.hpp"

namespace davylamp::api::testing {

inline model::Address address(std::string_view text) {
  return base::value_or_throw(model::Address::parse(text));
}

// Runs a task to its end on the loop.
template <class T>
T run(boost::asio::io_context& loop, io::Task<T> task) {
  loop.restart();
  auto future = boost::asio::co_spawn(loop, std::move(task), boost::asio::use_future);
  loop.run();
  return future.get();
}

// Knows two zones, which is enough to know that others are not there.
class TestZones : public base::Zones {
 public:
  base::Result<base::ZoneSpan> span(std::string_view zone, base::Time at) const override {
    return base::utc_zones.span(zone == "Europe/Berlin" ? "UTC" : zone, at);
  }
};

class ApiUnderTest {
 public:
  // Without rates everybody may ask as often as they like.
  explicit ApiUnderTest(std::optional<Rates> rates = std::nullopt) : rates_(rates) {}

  // Made anew for every run, so that no test and no file holds a password.
  const std::string password = random_token();
  base::ManualClock clock;
  std::shared_ptr<StoredRows> rows = std::make_shared<StoredRows>();
  std::shared_ptr<StoredAccounts> accounts = std::make_shared<StoredAccounts>();
  std::shared_ptr<StoredLimits> limits = std::make_shared<StoredLimits>();
  std::shared_ptr<StoredAgents> agents = std::make_shared<StoredAgents>();
  std::shared_ptr<StoredAlerts> alerts = std::make_shared<StoredAlerts>();
  std::shared_ptr<StoredNodes> nodes = std::make_shared<StoredNodes>();
  std::vector<model::Command> issued;
  // Told of each command once it is in `issued`.
  std::function<void(const model::Command&)> on_command;
  boost::asio::io_context loop{1};

 private:
  const std::optional<Rates> rates_;
  const TestZones zones_;
  io::Worker<contract::StoreReader> reader_{"reader", std::make_unique<FakeReader>(rows)};
  io::Worker<contract::AccountStore> account_store_{"accounts", std::make_unique<FakeAccounts>(accounts)};
  io::Worker<contract::LimitStore> limit_store_{"limits", std::make_unique<FakeLimits>(limits)};
  io::Worker<contract::AgentStore> agent_store_{"agents", std::make_unique<FakeAgents>(agents)};
  io::Worker<contract::AlertStore> alert_store_{"alerts", std::make_unique<FakeAlerts>(alerts)};
  io::Worker<contract::NodeStore> node_store_{"nodes", std::make_unique<FakeNodes>(nodes)};
  io::Worker<PasswordHasher> hasher_{"hasher", std::make_unique<PasswordHasher>(PasswordHasher::Cost::least())};

 public:
  ApiService service{{reader_,
                      account_store_,
                      limit_store_,
                      hasher_,
                      clock,
                      zones_,
                      {"0.1.0", "vpn.example.org", {{"Places: DB-IP Lite (CC BY 4.0)", "https://db-ip.com"}}},
                      loop.get_executor(),
                      {"truncated", {"Addresses are kept to the /24 and /48."}, {}},
                      [this](const model::Command& command) { issue(command); },
                      [] { return ServerStats{.accept_failures = 3}; },
                      {},
                      {.patience = base::Milliseconds(50), .most_waiting = 2},
                      nullptr,
                      {&agent_store_,
                       &alert_store_,
                       &node_store_,
                       {Channel{.name = "ops", .kind = "telegram", .language = "en"}},
                       [](const auto& hours, base::Time) {
                         return model::AgentHistory{.uptime = {{.days = 1, .up_seconds = hours.size() * 3'600}}};
                       },
                       [](const auto& hours) {
                         return std::vector{model::ExitComparison{.agents = static_cast<std::uint32_t>(hours.size())}};
                       },
                       {},
                       [] { return UplinkEnd{7'555, "AB:CD"}; }},
                      rates_}};
  std::map<std::string, std::string> cookies;

  void add_account(const std::string& name, model::Role role) {
    PasswordHasher hasher(PasswordHasher::Cost::least());
    accounts->accounts[name] = {name, role, hasher.hash(password), clock.now(), std::nullopt};
  }
  Request request(Method method, const std::string& path, std::map<std::string, std::string> query = {}) const {
    Request request;
    request.method = method;
    request.path = path;
    request.query = std::move(query);
    request.cookies = cookies;
    request.remote_address = address("192.0.2.7");
    request.id = "request-1";
    return request;
  }
  Response send(Request request) { return take_cookies(run(loop, service.answer(std::move(request)))); }
  Response get(const std::string& path, std::map<std::string, std::string> query = {}) {
    return send(request(Method::get, path, std::move(query)));
  }
  Response post(const std::string& path, const std::string& body = {}) {
    return send(with_body(Method::post, path, body));
  }
  Response put(const std::string& path, const std::string& body) { return send(with_body(Method::put, path, body)); }
  Response remove(const std::string& path, std::map<std::string, std::string> query = {}) {
    return send(request(Method::delete_, path, std::move(query)));
  }
  // The path as a client writes it, percent-encoded.
  Request raw(Method method, const std::string& target, const std::string& body = {}) const {
    auto parsed = base::value_or_throw(parse_target(target));
    auto sent = with_body(method, parsed.path, body);
    sent.segments = std::move(parsed.segments);
    sent.query = std::move(parsed.query);
    return sent;
  }
  // Signs in as a new account of this role.
  void become(model::Role role) {
    const auto name = "a-" + std::string(base::json::enum_name(role));
    add_account(name, role);
    cookies.clear();
    login(name, password);
  }
  Response login(const std::string& account, const std::string& with) {
    return post("/api/v1/auth/login", base::json::write(LoginRequest{account, with}));
  }
  void reload() { run(loop, service.reload()); }

 private:
  Request with_body(Method method, const std::string& path, const std::string& body) const {
    auto sent = request(method, path);
    sent.headers["content-type"] = "application/json";
    sent.body = body;
    return sent;
  }
  void issue(const model::Command& command) {
    issued.push_back(command);
    if (on_command) on_command(command);
  }
  Response take_cookies(Response response) {
    for (const auto& [name, value] : response.headers) {
      if (name != "Set-Cookie") continue;
      const auto equals = value.find('=');
      cookies[value.substr(0, equals)] = value.substr(equals + 1, value.find(';') - equals - 1);
    }
    return response;
  }
};

inline std::string header(const Response& response, std::string_view name) {
  std::string all;
  for (const auto& [key, value] : response.headers) {
    if (key == name) all += (all.empty() ? "" : "\n") + value;
  }
  return all;
}

}  // namespace davylamp::api::testing
