// Both ends of the uplink over TLS, with tokens, clocks and a spool.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/testing/temporary_directory.hpp"
#include "bus/loopback/loopback_bus.hpp"
#include "bus/uplink/collector_bus.hpp"
#include "bus/uplink/listener.hpp"
#include "bus/uplink/testing/listener_words.hpp"
#include "io/certificate.hpp"
#include "io/node_token.hpp"
#include "io/supervise.hpp"
#include "io/system_clock.hpp"
#include "store/memory/store.hpp"

namespace davylamp::app {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::Contains;
using testing::HasSubstr;
using uplink::CollectorBus;

const model::SourceId udp{"berlin", "openvpn", "udp"};
constexpr auto patience = std::chrono::seconds{30};

// The system's clock, and a constant.
struct WrongClock : base::Clock {
  explicit WrongClock(base::Milliseconds off) : offset(off) {}
  base::Time now() const override { return io::SystemClock().now() + offset; }
  base::Milliseconds offset;
};

class UplinkNetworkTest : public testing::Test {
 protected:
  struct Daemon {
    Daemon(UplinkNetworkTest& test, std::uint16_t port, const std::optional<std::string>& client_ca)
        : bus(loopback::open()),
          reader(bus->observations(test.loop.get_executor())),
          scope(test.loop.get_executor(), [](const auto&, auto) {}),
          listener(test.loop.get_executor(), options(test, port, client_ca),
                   {*bus, test.words, &test.clock, &test.nodes}) {
      scope.spawn("listener", listener.run());
    }
    static uplink::Listener::Options options(UplinkNetworkTest& test, std::uint16_t port,
                                             const std::optional<std::string>& client_ca) {
      uplink::Listener::Options options;
      options.version = "0.1";
      options.daemon = "hub";
      options.listen.emplace(asio::ip::address_v4::loopback(), port);
      options.tls = io::make_tls_server(
          {test.certificate.certificate_path.string(), test.certificate.key_path.string(), client_ca});
      return options;
    }
    std::unique_ptr<contract::Bus> bus;
    std::unique_ptr<contract::ObservationReader> reader;
    io::TaskScope scope;
    uplink::Listener listener;
  };
  struct Collector {
    Collector(UplinkNetworkTest& test, CollectorBus::Options options)
        : bus(test.loop.get_executor(), std::move(options)), scope(test.loop.get_executor(), [](const auto&, auto) {}) {
      io::Supervision supervision;
      supervision.start = [this] { return bus.run([this](const std::string&) { ++connections; }); };
      supervision.failed = [this](const base::Error& error, base::Milliseconds) { failures.push_back(error.message); };
      supervision.pauses = {base::Milliseconds{1}, base::Milliseconds{50}};
      scope.spawn("uplink", io::supervise(std::move(supervision)));
      scope.spawn("spool", bus.keep_spool());
    }
    CollectorBus bus;
    io::TaskScope scope;
    std::size_t connections = 0;
    std::vector<std::string> failures;
  };
  struct Wish {
    std::string node = "berlin";
    std::uint64_t boot = 1;
    const base::Clock* clock = nullptr;
    bool spool = false;
    std::optional<std::string> fingerprint;
    io::TlsFiles files;
    std::vector<CollectorBus::Gateway> gateways;
  };

  void SetUp() override { token = enrol("berlin"); }
  std::string enrol(const std::string& name) {
    auto made = io::make_node_token();
    model::Node node;
    node.name = name;
    node.token_hash = io::node_token_hash(made);
    store->nodes()->enrol(node, {});
    return made;
  }
  model::Node node() { return store->nodes()->nodes().at(0); }
  void start_daemon(const std::optional<std::string>& client_ca = {}) {
    daemon = std::make_unique<Daemon>(*this, port, client_ca);
    port = daemon->listener.endpoint()->port();
  }
  Collector& start_collector(Wish wish) {
    CollectorBus::Options options;
    options.version = "0.1";
    options.node = wish.node;
    options.boot = wish.boot;
    options.clock = wish.clock != nullptr ? wish.clock : &clock;
    CollectorBus::Network network;
    network.gateways = wish.gateways;
    if (network.gateways.empty()) network.gateways = {{"localhost", std::to_string(port)}};
    network.files = wish.files;
    network.fingerprint = wish.fingerprint;
    if (!network.fingerprint && !network.files.ca_file) network.fingerprint = certificate.fingerprint;
    network.token = token;
    options.network = std::move(network);
    if (wish.spool) options.spool = {folder.file("spool"), 1'000'000};
    return *collectors.emplace_back(std::make_unique<Collector>(*this, std::move(options)));
  }
  Collector& start_collector() { return start_collector(Wish{}); }
  template <class Part>
  void stop(std::unique_ptr<Part>& part) {
    bool ended = false;
    asio::co_spawn(loop, part->scope.stop(), [&](const std::exception_ptr&) { ended = true; });
    until([&] { return ended; });
    part.reset();
  }
  void TearDown() override {
    for (auto& collector : collectors) {
      if (collector) stop(collector);
    }
    if (daemon) stop(daemon);
  }
  template <class Condition>
  void until(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition() && std::chrono::steady_clock::now() < end) {
      loop.restart();
      loop.run_one_for(std::chrono::milliseconds{100});
    }
    ASSERT_TRUE(condition());
  }
  void read(std::size_t count) {
    while (received.size() < count && !HasFatalFailure()) {
      bool came = false;
      asio::co_spawn(loop, daemon->reader->next(10'000), [&](const std::exception_ptr&, const auto& batch) {
        received.insert(received.end(), batch.begin(), batch.end());
        came = true;
      });
      until([&] { return came; });
    }
  }
  static model::Observation refused(std::uint64_t sequence, std::uint64_t boot = 1, base::Time at = {}) {
    return {udp, boot, sequence, at, model::LoginRefused{"eve", {}, {}, "blocked"}};
  }

  base::TemporaryDirectory folder;
  asio::io_context loop{1};
  io::SystemClock clock;
  std::unique_ptr<contract::Store> store = memory::open();
  io::Worker<contract::NodeStore> nodes{"nodes", store->nodes()};
  io::Certificate certificate = io::make_self_signed(folder.path(), {}, clock.now());
  std::string token;
  std::uint16_t port = 0;
  uplink::ListenerWords words;
  std::unique_ptr<Daemon> daemon;
  std::vector<std::unique_ptr<Collector>> collectors;
  std::vector<model::Observation> received;
};

TEST_F(UplinkNetworkTest, DeliversWithTheTokenOfItsNode) {
  start_daemon();
  auto& collector = start_collector();
  collector.bus.publish(refused(1));
  read(1);
  EXPECT_EQ(received.at(0).source, udp);
  daemon->listener.stored({{udp, 1, 1}});
  until([&] { return collector.bus.outbox_stats().waiting == 0; });
  until([&] { return node().connected_to == "hub"; });
  EXPECT_EQ(node().version, "0.1");
  stop(collectors.at(0));
  until([&] { return !node().connected_to; });
  EXPECT_TRUE(node().last_seen_at);
}

TEST_F(UplinkNetworkTest, ACertificateOfATrustedAuthorityWillDo) {
  start_daemon();
  Wish wish;
  wish.files.ca_file = certificate.certificate_path.string();
  auto& collector = start_collector(wish);
  until([&] { return collector.connections == 1; });
}

TEST_F(UplinkNetworkTest, TheTokenIsToldToNobodyElse) {
  start_daemon();
  Wish wish;
  wish.fingerprint = std::string(64, 'a');
  auto& collector = start_collector(wish);
  until([&] { return !collector.failures.empty(); });
  EXPECT_THAT(collector.failures.front(), HasSubstr("fingerprint"));
  EXPECT_EQ(daemon->listener.losses().wrong_tokens, 0U);
}

TEST_F(UplinkNetworkTest, AWrongTokenIsToldToEnrolAgainAndThenUnheard) {
  start_daemon();
  token = "dn_nobody-has-this";
  auto& collector = start_collector();
  until([&] { return daemon->listener.losses().paced > 0; });
  EXPECT_THAT(collector.failures.front(), HasSubstr("enrol the node again (davylamp node enrol NAME"));
  EXPECT_EQ(daemon->listener.losses().wrong_tokens, uplink::TokenPace::most_failures);
  EXPECT_EQ(collector.connections, 0U);
}

TEST_F(UplinkNetworkTest, ANodeIsCalledAsItsTokenSays) {
  start_daemon();
  Wish wish;
  wish.node = "paris";
  auto& collector = start_collector(wish);
  until([&] { return !collector.failures.empty(); });
  EXPECT_THAT(collector.failures.front(), HasSubstr("this token is that of node berlin"));
  EXPECT_FALSE(daemon->listener.is_connected("paris"));
}

TEST_F(UplinkNetworkTest, WhoSpeaksForAnotherNodeIsSentAway) {
  start_daemon();
  auto& collector = start_collector();
  auto foreign = refused(1);
  foreign.source.node = "paris";
  collector.bus.publish(foreign);
  until([&] { return !words.went.empty(); });
  EXPECT_THAT(words.went.front(), HasSubstr("it spoke for node paris, which it is not"));
  EXPECT_EQ(daemon->bus->observation_stats().published, 0U);
}

TEST_F(UplinkNetworkTest, ANodeThatIsRemovedIsSentAwayWithinSeconds) {
  start_daemon();
  auto& collector = start_collector();
  until([&] { return collector.connections == 1; });
  ASSERT_TRUE(store->nodes()->remove_node("berlin", {}));
  until([&] { return !collector.failures.empty(); });
  EXPECT_THAT(words.went.front(), HasSubstr("the node was removed"));
  until([&] { return daemon->listener.losses().wrong_tokens > 0; });
  EXPECT_FALSE(daemon->listener.is_connected("berlin"));
}

TEST_F(UplinkNetworkTest, AFormerTokenHoldsNoLonger) {
  start_daemon();
  auto& collector = start_collector();
  until([&] { return collector.connections == 1; });
  enrol("berlin");
  until([&] { return !words.went.empty(); });
  EXPECT_THAT(words.went.front(), HasSubstr("enrolled again"));
}

TEST_F(UplinkNetworkTest, OfTwoThatLiveTheSecondIsRefused) {
  start_daemon();
  auto& first = start_collector();
  until([&] { return first.connections == 1; });
  Wish wish;
  wish.boot = 2;
  auto& second = start_collector(wish);
  until([&] { return !second.failures.empty(); });
  EXPECT_THAT(second.failures.front(), HasSubstr("two collectors cannot share a token"));
  EXPECT_EQ(first.connections, 1U);
  EXPECT_TRUE(words.went.empty());
}

// Greets, and then is as if its host had lost its power.
io::Task<void> greet_and_freeze(std::uint16_t port, std::string token, std::string fingerprint,
                                std::vector<std::shared_ptr<uplink::LineStream>>& kept) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::socket socket(executor);
  co_await socket.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
  auto stream =
      std::make_shared<uplink::LineStream>(uplink::LineStream::Socket(std::move(socket)), io::make_tls_client({}));
  co_await stream->greet({"localhost", fingerprint});
  std::string hello;
  append_line(hello, uplink::Hello{uplink::protocol_version, "0.1", "berlin", 9, token});
  co_await stream->send(hello);
  kept.push_back(stream);
}

TEST_F(UplinkNetworkTest, OneThatIsDeadGivesWay) {
  start_daemon();
  std::vector<std::shared_ptr<uplink::LineStream>> frozen;
  asio::co_spawn(loop, greet_and_freeze(port, token, certificate.fingerprint, frozen), asio::detached);
  until([&] { return daemon->listener.is_connected("berlin"); });
  auto& second = start_collector();
  until([&] { return second.connections == 1; });
  // Silent for too long in the middle of its proof of life, where the machine stood still meanwhile.
  EXPECT_THAT(words.went.front(), testing::AnyOf(HasSubstr("made way for its successor"), HasSubstr("it was silent")));
  EXPECT_TRUE(second.failures.empty());
  frozen.clear();
}

TEST_F(UplinkNetworkTest, ACertificateOfTheCollectorIsAskedForWhereThatIsWished) {
  std::filesystem::create_directory(folder.file("own"));
  const auto own = io::make_self_signed(folder.file("own"), {}, clock.now());
  start_daemon(own.certificate_path.string());
  auto& without = start_collector();
  until([&] { return !without.failures.empty(); });
  EXPECT_EQ(without.connections, 0U);
  Wish wish;
  wish.files.certificate_file = own.certificate_path.string();
  wish.files.key_file = own.key_path.string();
  auto& with = start_collector(wish);
  until([&] { return with.connections == 1; });
}

TEST_F(UplinkNetworkTest, TimesOfAWrongClockAreCorrected) {
  start_daemon();
  const WrongClock ahead(base::Seconds{60});
  Wish wish;
  wish.clock = &ahead;
  auto& collector = start_collector(wish);
  until([&] { return !words.clocks.empty(); });
  EXPECT_THAT(words.clocks.front(), HasSubstr("ahead of ours; its times are corrected"));
  EXPECT_THAT(words.clocks.front(), HasSubstr("set it right"));
  // The first measure may be one of a machine that stood still between question and answer.
  const auto measured = [&] { return std::abs(node().skew_ms.value_or(0) - 60'000) < 1'000; };
  until(measured);
  const auto here = clock.now();
  collector.bus.publish(refused(1, 1, here + base::Seconds{60}));
  read(1);
  EXPECT_LT(std::chrono::abs(received.at(0).at - here), base::Seconds{1});
  EXPECT_EQ(daemon->listener.losses().skewed, 1U);
  EXPECT_TRUE(measured());
}

TEST_F(UplinkNetworkTest, TheNextGatewayIsTakenWhenOneIsAway) {
  start_daemon();
  Wish wish;
  wish.gateways = {{"localhost", "1"}, {"localhost", std::to_string(port)}};
  auto& collector = start_collector(wish);
  until([&] { return collector.connections == 1; });
  EXPECT_TRUE(collector.failures.empty());
}

TEST_F(UplinkNetworkTest, WhatWasSeenDuringAnOutageOutlivesTheCollector) {
  start_daemon();
  stop(daemon);
  Wish wish;
  wish.spool = true;
  auto* collector = &start_collector(wish);
  for (std::uint64_t i = 1; i <= 50; ++i) collector->bus.publish(refused(i));
  until([&] { return collector->bus.spool_stats().waiting == 50; });
  collector->bus.publish(refused(51));
  stop(collectors.at(0));
  wish.boot = 2;
  collector = &start_collector(wish);
  for (std::uint64_t i = 1; i <= 3; ++i) collector->bus.publish(refused(i, 2));
  start_daemon();
  read(50);
  EXPECT_EQ(received.size(), 50U);
  daemon->listener.stored({{udp, 1, 50}});
  read(53);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> got;
  for (const auto& observation : received) got.emplace_back(observation.boot, observation.sequence);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> wanted;
  for (std::uint64_t i = 1; i <= 50; ++i) wanted.emplace_back(1, i);
  for (std::uint64_t i = 1; i <= 3; ++i) wanted.emplace_back(2, i);
  EXPECT_EQ(got, wanted);
  daemon->listener.stored({{udp, 2, 3}});
  until([&] { return collector->bus.outbox_stats().waiting == 0; });
  EXPECT_EQ(collector->bus.spool_stats().bytes, 0U);
}

TEST_F(UplinkNetworkTest, WhatWasLeftInMemoryAtTheEndIsWrittenToo) {
  Wish wish;
  wish.spool = true;
  wish.gateways = {{"localhost", "1"}};
  auto& collector = start_collector(wish);
  collector.bus.publish(refused(1));
  bool ended = false;
  asio::co_spawn(loop, collector.scope.stop(), [&](const std::exception_ptr&) { ended = true; });
  until([&] { return ended; });
  collector.bus.finish();
  EXPECT_EQ(collector.bus.spool_stats().waiting, 1U);
}

}  // namespace
}  // namespace davylamp::app
