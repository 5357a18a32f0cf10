// What a heartbeat costs the hub, over a real server on loopback and the real journal, each commit on the disk before
// its answers: processor time of the server's threads (the loop and the journal), which a busy machine does not change
// much. Beside it, in the same run, what the same requests cost when nothing is done with them, and what the journal
// alone costs: the least that could be spent.
//
// Must hold: 40,000 a second on one core (25 us each) in a burst; p99 under 5 ms at 5,000 a second; 10,000 agents that
// report every 30 s under 5 % of a core; GET /api/v1/status of 10,000 agents under 2 ms.
#include <benchmark/benchmark.h>
#include <pthread.h>

#include <boost/asio/io_context.hpp>
#include <ctime>
#include <future>
#include <mutex>
#include <thread>

#include "api/agents/report_service.hpp"
#include "api/auth/token_text.hpp"
#include "api/server.hpp"
#include "api/testing/fake_agents.hpp"
#include "base/testing/temporary_directory.hpp"
#include "io/system_clock.hpp"
#include "io/task_scope.hpp"
#include "report_load.hpp"
#include "store/sqlite/heartbeat_journal.hpp"

namespace davylamp::bench {
namespace {

constexpr std::size_t connections = 128;
constexpr std::uint64_t burst_reports = 40'000;

// Processor time of one thread, read from others.
class ThreadTime {
 public:
  void note_this_thread() {
    const std::scoped_lock lock(mutex_);
    known_ = ::pthread_getcpuclockid(::pthread_self(), &clock_) == 0;
  }
  double seconds() const {
    const std::scoped_lock lock(mutex_);
    timespec time{};
    if (known_) ::clock_gettime(clock_, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  }

 private:
  mutable std::mutex mutex_;
  clockid_t clock_{};
  bool known_ = false;
};

class TimedJournal : public contract::HeartbeatJournal {
 public:
  TimedJournal(std::unique_ptr<contract::HeartbeatJournal> journal, ThreadTime& time)
      : journal_(std::move(journal)), time_(time) {}
  std::uint64_t boot() override { return journal_->boot(); }
  void append(std::vector<model::Heartbeat>& heartbeats) override {
    time_.note_this_thread();
    journal_->append(heartbeats);
  }
  std::vector<model::Heartbeat> read(std::uint64_t after, std::size_t most) override {
    return journal_->read(after, most);
  }
  std::uint64_t forget(std::uint64_t number, base::Time before) override { return journal_->forget(number, before); }

 private:
  std::unique_ptr<contract::HeartbeatJournal> journal_;
  ThreadTime& time_;
};

class Quiet : public api::RequestLog {
 public:
  void answered(const api::RequestRecord&) override {}
  void failed(std::string_view, std::string_view) override {}
};

// The hub's door behind the server; or, with `idle`, a door that answers at once and does nothing.
class Door : public api::Service {
 public:
  Door(api::ReportService& reports, bool idle) : reports_(reports), idle_(idle) {}
  io::Task<api::Response> answer(api::Request request) override {
    if (idle_) co_return api::Response{.body = R"({"status":"ok"})"};
    co_return co_await reports_.answer(request);
  }
  io::Task<std::variant<api::Response, std::unique_ptr<api::LiveConnection>>> open_live(api::Request) override {
    co_return api::Response{.status = 404};
  }

 private:
  api::ReportService& reports_;
  bool idle_;
};

class Hub {
 public:
  explicit Hub(bool idle) {
    for (std::size_t i = 0; i < connections; ++i) {
      const auto name = "agent-" + std::to_string(i);
      keys_.push_back(api::random_token());
      stored_->agents.push_back({.name = name});
      stored_->tokens.push_back({.agent = name, .token_hash = api::fingerprint(keys_.back())});
    }
    agents_.emplace("agents", std::make_unique<api::testing::FakeAgents>(stored_));
    auto journal =
        std::make_unique<TimedJournal>(sqlite::open_journal(directory_.file("heartbeats.db")), journal_time_);
    journal_.emplace("journal", std::move(journal));
    api::ReportService::Options options{.rate = {.per_minute = 60'000'000, .burst = 1'000'000}};
    reports_.emplace(api::ReportService::Dependencies{
        *agents_, *journal_, clock_, loop_.get_executor(), options,
        [this](std::vector<model::Heartbeat>&& heartbeats) { accepted_ += heartbeats.size(); },
        [](const model::Command&) {}});
    door_.emplace(*reports_, idle);
    api::ServerOptions server{.port = 0, .clock = &clock_};
    server.limits.connections_per_address = connections + 8;
    server_.emplace(loop_.get_executor(), server, *door_, log_);
    scope_.emplace(loop_.get_executor(), [](const std::string&, const std::exception_ptr&) {});
    scope_->spawn("tokens", reports_->reload());
    scope_->spawn("reports", reports_->run());
    scope_->spawn("server", server_->run());
    thread_ = std::thread([this] {
      loop_time_.note_this_thread();
      loop_.run();
    });
  }
  ~Hub() {
    boost::asio::post(loop_, [this] { scope_->cancel(); });
    thread_.join();
  }
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  std::uint16_t port() const { return server_->port(); }
  std::vector<std::string> requests(const std::string& body) const {
    std::vector<std::string> requests;
    for (const auto& key : keys_) {
      requests.push_back(
          "POST /api/v1/keepalive HTTP/1.1\r\nHost: hub\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
          "Content-Type: application/json\r\nAuthorization: Bearer " +
          key + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    return requests;
  }
  double processor_seconds() const { return loop_time_.seconds() + journal_time_.seconds(); }
  double journal_seconds() const { return journal_time_.seconds(); }
  std::uint64_t commits() const { return reports_->keeper_stats().commits; }

 private:
  const io::SystemClock clock_;
  base::TemporaryDirectory directory_;
  boost::asio::io_context loop_{1};
  std::shared_ptr<api::testing::StoredAgents> stored_ = std::make_shared<api::testing::StoredAgents>();
  std::vector<std::string> keys_;
  ThreadTime loop_time_;
  ThreadTime journal_time_;
  std::uint64_t accepted_ = 0;
  std::optional<io::Worker<contract::AgentStore>> agents_;
  std::optional<io::Worker<contract::HeartbeatJournal>> journal_;
  std::optional<api::ReportService> reports_;
  std::optional<Door> door_;
  Quiet log_;
  std::optional<api::Server> server_;
  std::optional<io::TaskScope> scope_;
  std::thread thread_;
};

// The body of VPN Sentinel's client.
const std::string sentinel_body =
    R"({"client_id":"office-vpn","public_ip":"89.40.181.202","status":"alive","location":{"country":"RO",)"
    R"("city":"Bucharest","region":"Bucharest","org":"AS9009 M247 Europe SRL","timezone":"Europe/Bucharest"},)"
    R"("dns_test":{"location":"RO","colo":"OTP"}})";

// One of davylamp-agent's, as full as they usually are.
const std::string agent_body =
    R"({"client_id":"office","heartbeat":{"interval_seconds":30,"version":"0.1.0","exit_v4":{"routed":true,)"
    R"("address":"89.40.181.202","agreeing":3,"answered":3,"answers":[{"provider":"ipinfo","address":"89.40.181.202",)"
    R"("country_code":"RO","asn":9009},{"provider":"cloudflare","address":"89.40.181.202","country_code":"RO"},)"
    R"({"provider":"hub","address":"89.40.181.202"}]},"resolver":{"asked":2,"answered":2,"configured":["10.64.0.1"],)"
    R"("seen":[{"method":"whoami_google","address":"89.40.181.202","transport":"udp"}]},"paths":[{"target":"hub",)"
    R"("sent":5,"received":5,"latency_milliseconds":21.5,"jitter_milliseconds":0.8}],"link":{"tunnel":"tun0",)"
    R"("tunnel_up":true,"default_v4":"tun0","rx_bytes":123456789,"tx_bytes":98765432,"rx_bps":800000,"tx_bps":90000}}})";

void burst(benchmark::State& state, const std::string& body, bool idle) {
  Hub hub(idle);
  ReportLoad load(hub.port(), hub.requests(body));
  load.burst(2'000);
  const auto before = hub.processor_seconds();
  const auto journal_before = hub.journal_seconds();
  const auto commits_before = hub.commits();
  std::uint64_t reports = 0;
  double seconds = 0;
  for (auto _ : state) {
    const auto result = load.burst(burst_reports);
    reports += result.answered;
    seconds += result.took.count();
    if (result.refused != 0) return state.SkipWithError("a report was refused");
  }
  const auto spent = hub.processor_seconds() - before;
  const auto each = static_cast<double>(reports);
  state.counters["us_each"] = spent * 1e6 / each;
  state.counters["us_journal_each"] = (hub.journal_seconds() - journal_before) * 1e6 / each;
  state.counters["per_core_second"] = each / spent;
  state.counters["per_second_here"] = each / seconds;
  if (!idle) state.counters["per_commit"] = each / static_cast<double>(hub.commits() - commits_before);
}
BENCHMARK_CAPTURE(burst, sentinel, sentinel_body, false)->Iterations(3)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(burst, agent, agent_body, false)->Iterations(3)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(burst, http_alone, sentinel_body, true)->Iterations(3)->Unit(benchmark::kMillisecond);

// What SQLite alone takes for as many, in groups of a size that a burst makes.
void journal_alone(benchmark::State& state) {
  const base::TemporaryDirectory directory;
  const auto journal = sqlite::open_journal(directory.file("heartbeats.db"));
  auto body = api::read_report_body(sentinel_body);
  if (!body) return state.SkipWithError("the body is not read");
  const std::vector<model::Heartbeat> group(connections, body->heartbeats.front());
  std::uint64_t heartbeats = 0;
  timespec begun{};
  timespec ended{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begun);
  for (auto _ : state) {
    auto next = group;
    journal->append(next);
    heartbeats += next.size();
  }
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ended);
  const auto spent =
      static_cast<double>(ended.tv_sec - begun.tv_sec) + static_cast<double>(ended.tv_nsec - begun.tv_nsec) / 1e9;
  state.counters["us_each"] = spent * 1e6 / static_cast<double>(heartbeats);
}
BENCHMARK(journal_alone)->Iterations(300);

void steady(benchmark::State& state) {
  const auto per_second = static_cast<double>(state.range(0));
  Hub hub(false);
  ReportLoad load(hub.port(), hub.requests(agent_body));
  load.burst(500);
  for (auto _ : state) {
    const auto before = hub.processor_seconds();
    auto result = load.steady(per_second, std::chrono::seconds(3));
    state.counters["percent_of_a_core"] = (hub.processor_seconds() - before) / result.took.count() * 100;
    state.counters["p50_ms"] = result.percentile(0.5);
    state.counters["p99_ms"] = result.percentile(0.99);
    if (result.refused != 0) return state.SkipWithError("a report was refused");
  }
}
// 333 a second: 10,000 agents, each every 30 s.
BENCHMARK(steady)->Arg(5'000)->Arg(333)->Iterations(1)->Unit(benchmark::kMillisecond);

model::Agent agent(std::size_t number, base::Time now) {
  model::Agent agent;
  agent.settings.name = "agent-" + std::to_string(number);
  agent.presence = model::Presence::alive;
  agent.last_heard_at = now;
  agent.exit_v4.emplace();
  agent.exit_v4->address = model::Address::from_v4({198, 51, 100, static_cast<std::uint8_t>(number)});
  agent.exit_v4->place.emplace();
  agent.exit_v4->place->country_code = "RO";
  agent.exit_v4->place->city = "Bucharest";
  return agent;
}

// The whole text made anew because one agent changed, as it does all the time.
void status_of_10000(benchmark::State& state) {
  const auto now = base::from_unix_seconds(1'795'000'000);
  api::StatusBoard board;
  std::vector<model::Agent> agents;
  for (std::size_t i = 0; i < 10'000; ++i) agents.push_back(agent(i, now));
  board.reset(agents);
  std::size_t bytes = 0;
  for (auto _ : state) {
    board.apply({model::AgentChanged{agents.front()}});
    bytes = board.all(api::StatusShape::by_client, now).body->size();
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(status_of_10000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace davylamp::bench
