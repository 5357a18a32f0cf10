// Both ends of the uplink, over a real socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <thread>

#include "base/testing/temporary_directory.hpp"
#include "bus/loopback/loopback_bus.hpp"
#include "bus/uplink/collector_bus.hpp"
#include "bus/uplink/listener.hpp"
#include "bus/uplink/testing/listener_words.hpp"
#include "contract/testing/bus_contract.hpp"
#include "io/supervise.hpp"

namespace davylamp::app {
namespace {

namespace asio = boost::asio;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using uplink::CollectorBus;

const model::SourceId udp{"node", "openvpn", "udp"};
constexpr auto patience = std::chrono::seconds{20};

model::Observation seen(std::uint64_t sequence, std::uint64_t boot = 1) {
  return {udp, boot, sequence, base::Time{}, model::PeerSeen{"1/a", {sequence, 0}, 0, {}}};
}

class UplinkTest : public testing::Test {
 protected:
  // A daemon: its bus and its end of the uplink. Destroyed, it is as if it had been killed.
  struct Daemon {
    Daemon(UplinkTest& test, std::set<uid_t> users)
        : bus(loopback::open()),
          reader(bus->observations(test.loop.get_executor())),
          scope(test.loop.get_executor(), [](const auto&, auto) {}),
          listener(test.loop.get_executor(), {test.path, "0.1", std::move(users)}, {*bus, test.words}) {
      scope.spawn("listener", listener.run());
    }
    std::unique_ptr<contract::Bus> bus;
    std::unique_ptr<contract::ObservationReader> reader;
    io::TaskScope scope;
    uplink::Listener listener;
  };
  void start_daemon(std::set<uid_t> users = {::geteuid()}) {
    daemon = std::make_unique<Daemon>(*this, std::move(users));
  }
  void kill_daemon() {
    bool ended = false;
    asio::co_spawn(loop, daemon->scope.stop(), [&](const std::exception_ptr&) { ended = true; });
    until([&] { return ended; });
    daemon.reset();
  }
  // An agent whose connection is made anew at once whenever it ends.
  CollectorBus& start_agent(const std::string& node = "node") {
    auto& agent = *agents.emplace_back(std::make_unique<CollectorBus>(
        loop.get_executor(), CollectorBus::Options{path, "0.1", node, 1, {}, {}, {}, nullptr}));
    io::Supervision supervision;
    supervision.start = [&agent, this] { return agent.run([this](const std::string&) { ++connections; }); };
    supervision.failed = [this](const base::Error& error, base::Milliseconds) { failures.push_back(error.message); };
    supervision.pauses = {base::Milliseconds{1}, base::Milliseconds{10}};
    scope.spawn("agent", io::supervise(std::move(supervision)));
    return agent;
  }
  void TearDown() override {
    if (daemon) kill_daemon();
    bool ended = false;
    asio::co_spawn(loop, scope.stop(), [&](const std::exception_ptr&) { ended = true; });
    until([&] { return ended; });
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
  std::vector<std::uint64_t> received(std::size_t count) {
    std::vector<std::uint64_t> all;
    until([&] { return daemon->bus->observation_stats().published >= count; });
    asio::co_spawn(loop, daemon->reader->next(10'000), [&](const std::exception_ptr&, const auto& batch) {
      for (const auto& observation : batch) all.push_back(observation.sequence);
    });
    until([&] { return !all.empty(); });
    return all;
  }
  using Sequences = std::vector<std::uint64_t>;

  base::TemporaryDirectory folder;
  std::string path = folder.file("agent.sock");
  asio::io_context loop{1};
  uplink::ListenerWords words;
  std::vector<std::unique_ptr<CollectorBus>> agents;
  std::unique_ptr<Daemon> daemon;
  std::size_t connections = 0;
  std::vector<std::string> failures;
  io::TaskScope scope{loop.get_executor(), [](const auto&, auto) {}};
};

TEST_F(UplinkTest, WhatIsNotStoredComesAgainToTheNextDaemonAndNothingElse) {
  auto& agent = start_agent();
  for (std::uint64_t i = 1; i <= 3; ++i) agent.publish(seen(i));
  start_daemon();
  EXPECT_EQ(received(3), (Sequences{1, 2, 3}));
  daemon->listener.stored({{udp, 1, 2}});
  until([&] { return agent.outbox_stats().waiting == 1; });
  kill_daemon();
  start_daemon();
  EXPECT_EQ(received(1), (Sequences{3}));
  EXPECT_THAT(words.came, ElementsAre("node", "node"));
}

TEST_F(UplinkTest, AnAgentThatNobodyListensToNeitherBlocksNorGrows) {
  auto& agent = start_agent();
  for (std::uint64_t i = 1; i <= 100'000; ++i) agent.publish(seen(i));
  EXPECT_LE(agent.outbox_stats().waiting, 20'001U);
  EXPECT_EQ(agent.outbox_stats().dropped, 0U);
  until([&] { return !failures.empty(); });
  EXPECT_THAT(failures.front(), HasSubstr("is davylampd running, with collector = \"agent\"?"));
}

TEST_F(UplinkTest, OneAgentForEachNode) {
  start_daemon();
  start_agent();
  until([&] { return connections == 1; });
  start_agent();
  until([&] { return !words.refused.empty() && !failures.empty(); });
  EXPECT_THAT(words.refused.front(), HasSubstr("is connected for node node; stop one of the two"));
  EXPECT_THAT(failures.front(), HasSubstr("another davylamp-agent (process " + std::to_string(::getpid())));
  EXPECT_THAT(words.went, IsEmpty());
  start_agent("other");
  until([&] { return connections == 2; });
  EXPECT_TRUE(daemon->listener.is_connected("other"));
}

TEST_F(UplinkTest, TurnsAwayOtherUsers) {
  start_daemon({});
  start_agent();
  until([&] { return !failures.empty(); });
  EXPECT_THAT(failures.front(), HasSubstr("may not connect here: run davylamp-agent as the user that node.agent_user"));
  EXPECT_THAT(words.came, IsEmpty());
}

TEST_F(UplinkTest, TheSocketIsForTheOwnerAndTheGroup) {
  start_daemon();
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0660U);
  kill_daemon();
  EXPECT_NE(::stat(path.c_str(), &status), 0);
}

TEST_F(UplinkTest, HostileInputEndsThatConnectionOnly) {
  start_daemon();
  auto& agent = start_agent();
  until([&] { return connections == 1; });
  std::string foreign;
  append_line(foreign, uplink::Hello{uplink::protocol_version, "0.1", "evil", 1});
  uplink::append_line(foreign, seen(1));
  std::string old;
  append_line(old, uplink::Hello{uplink::protocol_version + 1, "9.9", "evil", 1});
  const std::vector<std::string> inputs{"GET / HTTP/1.1\r\n\r\n",
                                        std::string(100'000, 'x'),
                                        "{\"kind\":\"alive\"}\n",
                                        std::string(5'000, '[') + "\n",
                                        foreign,
                                        old};
  std::size_t ended = 0;
  for (const auto& input : inputs) {
    asio::local::stream_protocol::socket socket(loop);
    socket.connect(asio::local::stream_protocol::endpoint(path));
    boost::system::error_code error;
    asio::write(socket, asio::buffer(input), error);
    ++ended;
    until([&] { return words.refused.size() + words.went.size() == ended; });
  }
  EXPECT_THAT(words.went, ElementsAre(HasSubstr("it spoke for node node, which it is not")));
  EXPECT_THAT(words.refused.back(), HasSubstr("do not understand each other: install the same version of both"));
  agent.publish(seen(1));
  EXPECT_EQ(received(1), (Sequences{1}));
  EXPECT_EQ(connections, 1U);
}

TEST_F(UplinkTest, OrdersGoDownAndWholeListsToWhoeverComesLater) {
  start_daemon();
  daemon->bus->publish(model::Command{0, {}, model::RefuseUsers{{{"eve", model::RefusalReason::blocked, {}}}}});
  daemon->bus->publish(model::Command{0, {}, model::StopInKernel{}});
  auto& agent = start_agent();
  const auto commands = agent.commands(loop.get_executor());
  std::vector<model::Command> got;
  const auto read = [&](std::size_t count) {
    while (got.size() < count) {
      bool came = false;
      asio::co_spawn(loop, commands->next(), [&](const std::exception_ptr&, const auto& batch) {
        got.insert(got.end(), batch.begin(), batch.end());
        came = true;
      });
      until([&] { return came; });
    }
  };
  read(2);
  EXPECT_EQ(std::get<model::RefuseUsers>(got[0].order).refusals.at(0).user, "eve");
  daemon->bus->publish(model::Command{0, {}, model::LimitsChanged{}});
  daemon->bus->publish(model::Command{7, {}, model::EndSession{udp, "1/a", 3, "alice", {}, {}, ""}});
  read(3);
  EXPECT_EQ(std::get<model::EndSession>(got[2].order).peer, "1/a");
}

TEST_F(UplinkTest, WhoOrdersSomethingWhileNoAgentIsThereIsToldSo) {
  start_daemon();
  const auto changes = daemon->bus->changes(loop.get_executor());
  daemon->bus->publish(model::Command{7, {}, model::EndSession{udp, "1/a", 3, "alice", {}, {}, ""}});
  std::optional<model::CommandDone> done;
  asio::co_spawn(loop, changes->next(), [&](const std::exception_ptr&, const contract::ChangeBatch& batch) {
    done = std::get<model::CommandDone>(batch.changes.at(0)->at(0));
  });
  until([&] { return done.has_value(); });
  EXPECT_EQ(done->command, 7U);
  EXPECT_FALSE(done->ok);
}

TEST_F(UplinkTest, LossesReachTheDaemon) {
  start_daemon();
  const auto changes = daemon->bus->changes(loop.get_executor());
  auto& agent = start_agent();
  agent.publish(std::make_shared<const std::vector<model::Change>>(
      1, model::LossesCounted{"collect", {{"place_faults", 3, "look-ups"}}}));
  std::optional<model::LossesCounted> counted;
  asio::co_spawn(loop, changes->next(), [&](const std::exception_ptr&, const contract::ChangeBatch& batch) {
    counted = std::get<model::LossesCounted>(batch.changes.at(0)->at(0));
  });
  until([&] { return counted.has_value(); });
  EXPECT_EQ(counted->role, "collect");
  ASSERT_THAT(counted->losses, SizeIs(3));
  EXPECT_EQ(counted->losses[0].count, 3U);
  EXPECT_EQ(counted->losses[1].name, "uplink_reports_dropped");
}

}  // namespace
}  // namespace davylamp::app

namespace davylamp::contract::testing {
namespace {

struct Silence : uplink::ListenerLog {
  void arrived(const std::string&, const std::string&) override {}
  void left(const std::string&, const std::string&) override {}
  void turned_away(const std::string&) override {}
};

// What is published goes through an agent and a socket to the daemon's loopback bus, where it is read. Publishing waits
// for the arrival, which the tests take for granted; changes and commands do not leave the daemon.
class ThroughTheUplink : public Bus {
 public:
  ThroughTheUplink(std::size_t observations, std::size_t changes)
      : bus_(loopback::open({observations, changes, 4'096, 1'000})),
        listener_(loop_.get_executor(), {folder_.file("agent.sock"), "0.1", {::geteuid()}}, {*bus_, silence_}),
        agent_(loop_.get_executor(), {folder_.file("agent.sock"), "0.1", "node", 1, {}, {}, {}, nullptr}) {
    scope_.spawn("listener", listener_.run());
    scope_.spawn("agent", agent_.run([](const std::string&) {}));
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~ThroughTheUplink() override {
    boost::asio::co_spawn(loop_, scope_.stop(), boost::asio::use_future).get();
    work_.reset();
    thread_.join();
  }
  void publish(model::Observation observation) override {
    const auto before = bus_->observation_stats().published;
    agent_.publish(std::move(observation));
    while (bus_->observation_stats().published == before) std::this_thread::yield();
  }
  void publish(Changes changes) override { bus_->publish(std::move(changes)); }
  void publish(model::Command command) override { bus_->publish(std::move(command)); }
  std::unique_ptr<ObservationReader> observations(boost::asio::any_io_executor executor, std::uint32_t shard) override {
    return bus_->observations(std::move(executor), shard);
  }
  std::unique_ptr<ChangeReader> changes(boost::asio::any_io_executor executor) override {
    return bus_->changes(std::move(executor));
  }
  std::unique_ptr<CommandReader> commands(boost::asio::any_io_executor executor) override {
    return bus_->commands(std::move(executor));
  }
  TopicStats observation_stats() const override { return bus_->observation_stats(); }
  TopicStats change_stats() const override { return bus_->change_stats(); }
  TopicStats command_stats() const override { return bus_->command_stats(); }

 private:
  base::TemporaryDirectory folder_;
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{loop_.get_executor()};
  Silence silence_;
  std::unique_ptr<Bus> bus_;
  uplink::Listener listener_;
  uplink::CollectorBus agent_;
  io::TaskScope scope_{loop_.get_executor(), [](const auto&, auto) {}};
  std::thread thread_;
};

INSTANTIATE_TEST_SUITE_P(Uplink, BusContract,
                         ::testing::Values(BusCase{"uplink",
                                                   [](std::size_t observations, std::size_t changes) {
                                                     return std::make_unique<ThroughTheUplink>(observations, changes);
                                                   }}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace davylamp::contract::testing
