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
#include "api/service.hpp"
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

class ApiUnderTest {
 public:
  // Made anew for every run, so that no test and no file holds a password.
  const std::string password = random_token();
  base::ManualClock clock;
  std::shared_ptr<StoredRows> rows = std::make_shared<StoredRows>();
  std::shared_ptr<StoredAccounts> accounts = std::make_shared<StoredAccounts>();
  boost::asio::io_context loop{1};

 private:
  io::Worker<contract::StoreReader> reader_{"reader", std::make_unique<FakeReader>(rows)};
  io::Worker<contract::AccountStore> account_store_{"accounts", std::make_unique<FakeAccounts>(accounts)};
  io::Worker<PasswordHasher> hasher_{"hasher", std::make_unique<PasswordHasher>(PasswordHasher::Cost::least())};

 public:
  ApiService service{{reader_,
                      account_store_,
                      hasher_,
                      clock,
                      {"0.1.0", "vpn.example.org", {{"Places: DB-IP Lite (CC BY 4.0)", "https://db-ip.com"}}},
                      loop.get_executor()}};
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
    auto sent = request(Method::post, path);
    sent.headers["content-type"] = "application/json";
    sent.body = body;
    return send(std::move(sent));
  }
  Response login(const std::string& account, const std::string& with) {
    return post("/api/v1/auth/login", base::json::write(LoginRequest{account, with}));
  }
  void reload() { run(loop, service.reload()); }

 private:
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
