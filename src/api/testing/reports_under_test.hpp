// The hub's door on a loop of its own, over agents and a journal that are not there.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "api/agents/report_service.hpp"
#include "api/auth/token_text.hpp"
#include "api/request_target.hpp"
#include "api/testing/fake_agents.hpp"
#include "io/task_scope.hpp"

namespace davylamp::api::testing {

class ReportsUnderTest {
 public:
  // Made anew for every run, so that no file holds a key.
  const std::string shared_key = random_token();
  base::ManualClock clock;
  std::shared_ptr<StoredAgents> stored = std::make_shared<StoredAgents>();
  std::shared_ptr<JournalRows> journal = std::make_shared<JournalRows>();
  std::vector<model::Heartbeat> accepted;
  std::vector<model::Command> issued;
  boost::asio::io_context loop{1};

 private:
  io::Worker<contract::AgentStore> agents_{"agents", std::make_unique<FakeAgents>(stored)};
  io::Worker<contract::HeartbeatJournal> journal_{"journal", std::make_unique<FakeJournal>(journal)};

 public:
  ReportService service;
  std::string from = "192.0.2.7";

  explicit ReportsUnderTest(ReportService::Options options = {})
      : service({agents_, journal_, clock, loop.get_executor(), with_key(std::move(options)),
                 [this](std::vector<model::Heartbeat>&& heartbeats) {
                   accepted.insert(accepted.end(), heartbeats.begin(), heartbeats.end());
                 },
                 [this](model::Command command) { issued.push_back(std::move(command)); }}),
        scope_(loop.get_executor(), [](const std::string&, const std::exception_ptr&) {}) {
    scope_.spawn("reports", service.run());
  }
  ~ReportsUnderTest() { run(scope_.stop()); }
  ReportsUnderTest(const ReportsUnderTest&) = delete;
  ReportsUnderTest& operator=(const ReportsUnderTest&) = delete;

  // An agent with a token of its own, known at once.
  std::string add_agent(const std::string& name, bool one_time = false) {
    const auto token = random_token();
    stored->agents.push_back({.name = name});
    stored->tokens.push_back({.agent = name, .token_hash = fingerprint(token), .one_time = one_time});
    run(service.reload());
    return token;
  }
  Request request(Method method, const std::string& target, const std::string& key = {}) const {
    auto parsed = base::value_or_throw(parse_target(target));
    Request request;
    request.method = method;
    request.path = std::move(parsed.path);
    request.query = std::move(parsed.query);
    request.remote_address = base::value_or_throw(model::Address::parse(from));
    request.id = "request-1";
    if (!key.empty()) request.headers["authorization"] = "Bearer " + key;
    return request;
  }
  Response send(const Request& request) { return run(service.answer(request)); }
  Response get(const std::string& target, const std::string& key = {}) {
    return send(request(Method::get, target, key));
  }
  Request report(const std::string& body, const std::string& key) const {
    auto report = request(Method::post, "/api/v1/keepalive", key);
    report.headers["content-type"] = "application/json";
    report.body = body;
    return report;
  }
  Response keepalive(const std::string& body, const std::string& key) { return send(report(body, key)); }
  // The same, signed as davylamp-agent does.
  Request signed_report(const std::string& body, const std::string& key, const std::string& nonce) const {
    auto sent = report(body, key);
    const auto timestamp = std::to_string(clock.now().time_since_epoch().count());
    sent.headers["x-davylamp-timestamp"] = timestamp;
    sent.headers["x-davylamp-nonce"] = nonce;
    sent.headers["x-davylamp-signature"] = signature_of(key, timestamp, nonce, body);
    return sent;
  }
  // Runs a task to its end, while everything else goes on.
  template <class T>
  T run(io::Task<T> task) {
    auto future = boost::asio::co_spawn(loop, std::move(task), boost::asio::use_future);
    loop.restart();
    while (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) loop.run_one();
    return future.get();
  }

 private:
  ReportService::Options with_key(ReportService::Options options) const {
    if (options.shared_key.empty()) options.shared_key = shared_key;
    options.version = "0.1.0";
    return options;
  }
  io::TaskScope scope_;
};

inline std::string header_of(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

// What other tools' clients and servers really said; empty when the corpus is not there.
inline std::filesystem::path sentinel_corpus() {
  const char* const wanted = std::getenv("DAVYLAMP_CORPUS");
  const std::filesystem::path root =
      wanted != nullptr ? wanted : std::filesystem::path(DAVYLAMP_SOURCE_DIR) / ".." / "shared" / "corpus";
  const auto folder = root / "api" / "vpnsentinel";
  return std::filesystem::exists(folder) ? folder : std::filesystem::path();
}
inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace davylamp::api::testing
