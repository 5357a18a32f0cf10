// What every witness must do, with real packets between two hosts. Include it in the implementation's test and
// instantiate WitnessContract; link io_testing. Takes seconds; skipped where namespaces cannot be made.
#pragma once

#include <sys/syscall.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <thread>

#include "contract/testing/witness_run.hpp"
#include "io/system_clock.hpp"

namespace davylamp::contract::testing {

struct WitnessCase {
  const char* name;
  // A witness of the ports that lists every 100 ms or so. Called, and run, within the server.
  std::function<std::unique_ptr<Witness>(const WatchedPorts& ports, const base::Clock& clock)> make;
  // What must stand on the server before the first packet (rules, sysctls); may be empty.
  std::function<void(const TwoHosts& hosts)> prepare;
  // Why this kernel cannot; may be empty. A reason skips the tests.
  std::function<std::optional<std::string>()> impossible;
  bool udp = true;
  bool tcp = true;
  // The end of a TCP connection is told by itself, soon after both sides closed.
  bool tells_tcp_ends = true;
  // Makes every UDP flow on the server end, for a witness that then tells so; may be empty.
  std::function<void(const TwoHosts& hosts)> end_udp_flows;
  // Another run of another witness gives the same flow the same identity.
  bool identities_last = true;
  // Without privileges it throws "refused"; otherwise it must work without.
  bool needs_privileges = true;

  // The test's name would hold its bytes otherwise.
  friend void PrintTo(const WitnessCase& it, std::ostream* out) { *out << it.name; }
};

class WitnessContract : public ::testing::TestWithParam<WitnessCase> {
 protected:
  static constexpr std::uint16_t udp_port = 11940;
  static constexpr std::uint16_t tcp_port = 11943;
  static constexpr std::uint16_t other_port = 11999;

  void SetUp() override {
    if (!TwoHosts::possible()) GTEST_SKIP() << "network namespaces cannot be made here";
    if (GetParam().impossible) {
      if (const auto reason = GetParam().impossible()) GTEST_SKIP() << *reason;
    }
    hosts_.emplace();
    if (GetParam().prepare) GetParam().prepare(*hosts_);
  }
  TwoHosts& hosts() { return *hosts_; }
  std::unique_ptr<Witness> witness(WatchedPorts ports = {{udp_port}, {tcp_port}, {"s0"}}) {
    return hosts().in_server([&] { return GetParam().make(ports, clock_); });
  }
  bool counts_ip(const Witness& witness) const { return witness.layer() == model::CountedLayer::ip; }
  // What the witness must say of so many datagrams of that size.
  static std::uint64_t bytes_of(const Witness& witness, unsigned datagrams, unsigned size, bool v6) {
    const unsigned header = witness.layer() == model::CountedLayer::ip ? (v6 ? 48 : 28) : 0;
    return std::uint64_t{datagrams} * (size + header);
  }
  // Runs until the flow of that peer shows exactly these bytes.
  bool until_bytes(WitnessRun& run, const std::string& peer, std::uint16_t port, model::Counters wanted) {
    const bool met = run.until([&] {
      const auto flow = sink_.flow_of(peer, port);
      return flow && flow->counters && flow->counters->rx_bytes == wanted.rx_bytes &&
             flow->counters->tx_bytes == wanted.tx_bytes;
    });
    const auto flow = sink_.flow_of(peer, port);
    if (!met && !flow) ADD_FAILURE() << "no flow of " << peer;
    if (!met && flow && flow->counters) {
      ADD_FAILURE() << peer << " has rx " << flow->counters->rx_bytes << " tx " << flow->counters->tx_bytes
                    << " bytes, not " << wanted.rx_bytes << " and " << wanted.tx_bytes;
    }
    return met;
  }
  // A TCP stream's bytes, with the headers of its packets where the witness counts them.
  static void expect_stream(const Witness& witness, std::uint64_t bytes, std::uint64_t packets, std::uint64_t stream) {
    if (witness.layer() == model::CountedLayer::payload) {
      EXPECT_EQ(bytes, stream);
    } else {
      EXPECT_GE(bytes, stream + packets * 40);
      EXPECT_LE(bytes, stream + packets * 100);
    }
  }

  std::optional<TwoHosts> hosts_;
  io::SystemClock clock_;
  RecordingFlowSink sink_;
};

TEST_P(WitnessContract, TellsAUdpFlowToTheByte) {
  if (!GetParam().udp) GTEST_SKIP() << "it does not see UDP peers";
  const auto seer = witness();
  const UdpService service(hosts(), udp_port);
  WitnessRun run(hosts(), *seer, sink_);
  ASSERT_TRUE(run.listings(1));
  const auto before = clock_.now();
  const auto client = client_socket(hosts(), SOCK_DGRAM, "10.77.0.2", udp_port);
  service.exchange(client, {.up = 5, .up_bytes = 100, .down = 3, .down_bytes = 900});
  ASSERT_TRUE(
      until_bytes(run, "10.77.0.2", port_of(client), {bytes_of(*seer, 5, 100, false), bytes_of(*seer, 3, 900, false)}));
  const auto flow = *sink_.flow_of("10.77.0.2", port_of(client));
  EXPECT_EQ(flow.protocol, model::Protocol::udp);
  EXPECT_EQ(flow.service_port, udp_port);
  EXPECT_EQ(flow.counters->rx_packets, 5U);
  EXPECT_EQ(flow.counters->tx_packets, 3U);
  EXPECT_GE(flow.began_at, before - base::Seconds(2));
  EXPECT_LE(flow.began_at, clock_.now());
  EXPECT_GE(flow.last_seen_at, before - base::Seconds(2));
  EXPECT_LE(flow.last_seen_at, clock_.now());
  EXPECT_EQ(sink_.state(), model::WitnessState::looking);
  EXPECT_FALSE(sink_.text().empty());
}

TEST_P(WitnessContract, KeepsPeersApart) {
  if (!GetParam().udp) GTEST_SKIP() << "it does not see UDP peers";
  const auto seer = witness();
  const UdpService service(hosts(), udp_port);
  std::vector<std::pair<std::string, Socket>> clients;
  for (const char* peer : {"10.98.0.1", "10.98.0.2", "10.98.7.1", "10.98.255.9", "10.98.7.1"})
    clients.emplace_back(peer, client_socket(hosts(), SOCK_DGRAM, peer, udp_port));
  for (unsigned i = 0; i < clients.size(); ++i)
    service.exchange(clients[i].second, {.up = i + 1, .up_bytes = 64, .down = 2 * i + 1, .down_bytes = 128});
  WitnessRun run(hosts(), *seer, sink_);
  // A witness that looks only from now on sees this round.
  ASSERT_TRUE(run.listings(1));
  for (unsigned i = 0; i < clients.size(); ++i) service.exchange(clients[i].second, {});
  ASSERT_TRUE(run.until([&] {
    return std::ranges::all_of(clients, [&](const auto& client) {
      const auto flow = sink_.flow_of(client.first, port_of(client.second));
      return flow && flow->counters && flow->counters->rx_packets >= 1 && flow->counters->tx_packets >= 1;
    });
  }));
  EXPECT_EQ(sink_.flows().size(), clients.size());
}

TEST_P(WitnessContract, SeesIpv6) {
  const auto seer = witness();
  WitnessRun run(hosts(), *seer, sink_);
  ASSERT_TRUE(run.listings(1));
  if (GetParam().udp) {
    const UdpService service(hosts(), udp_port);
    const auto client = client_socket(hosts(), SOCK_DGRAM, "fd77::2", udp_port);
    service.exchange(client, {.up = 4, .up_bytes = 50, .down = 2, .down_bytes = 60});
    EXPECT_TRUE(
        until_bytes(run, "fd77::2", port_of(client), {bytes_of(*seer, 4, 50, true), bytes_of(*seer, 2, 60, true)}));
  }
  if (GetParam().tcp) {
    const TcpService service(hosts(), tcp_port);
    const auto client = client_socket(hosts(), SOCK_STREAM, "fd77::2", tcp_port);
    const auto served = service.accept();
    EXPECT_TRUE(run.until([&] { return sink_.flow_of("fd77::2", port_of(client)).has_value(); }));
  }
}

TEST_P(WitnessContract, TellsATcpFlowAndItsLastWord) {
  if (!GetParam().tcp) GTEST_SKIP() << "it does not see TCP peers";
  const auto seer = witness();
  const TcpService service(hosts(), tcp_port);
  WitnessRun run(hosts(), *seer, sink_);
  ASSERT_TRUE(run.listings(1));
  auto client = client_socket(hosts(), SOCK_STREAM, "10.77.0.2", tcp_port);
  const auto port = port_of(client);
  auto served = service.accept();
  move_bytes(client, served, 20'000);
  move_bytes(served, client, 50'000);
  const auto flow = [&] { return sink_.flow_of("10.77.0.2", port); };
  ASSERT_TRUE(run.until([&] {
    return flow() && flow()->counters && flow()->counters->rx_bytes >= 20'000 && flow()->counters->tx_bytes >= 50'000;
  }));
  EXPECT_EQ(flow()->protocol, model::Protocol::tcp);
  EXPECT_EQ(flow()->service_port, tcp_port);
  expect_stream(*seer, flow()->counters->rx_bytes, flow()->counters->rx_packets, 20'000);
  expect_stream(*seer, flow()->counters->tx_bytes, flow()->counters->tx_packets, 50'000);
  if (!GetParam().tells_tcp_ends) return;
  move_bytes(client, served, 3'000);
  client.close();
  served.close();
  ASSERT_TRUE(run.until([&] { return sink_.has_ended(flow()->identity); }));
  const auto& end = sink_.ends().at(flow()->identity);
  ASSERT_TRUE(end.counters);
  EXPECT_GE(end.counters->rx_bytes, 23'000U);
  EXPECT_GE(end.counters->tx_bytes, 50'000U);
  EXPECT_LE(end.ended_at, clock_.now());
}

TEST_P(WitnessContract, TellsTheEndOfUdpFlows) {
  if (!GetParam().udp || !GetParam().end_udp_flows) GTEST_SKIP() << "it does not know when a UDP flow ends";
  const auto seer = witness();
  const UdpService service(hosts(), udp_port);
  const auto client = client_socket(hosts(), SOCK_DGRAM, "10.98.3.3", udp_port);
  WitnessRun run(hosts(), *seer, sink_);
  ASSERT_TRUE(run.listings(1));
  service.exchange(client, {});
  ASSERT_TRUE(run.until([&] { return sink_.flow_of("10.98.3.3", port_of(client)).has_value(); }));
  service.exchange(client, {.up = 2, .up_bytes = 700, .down = 1, .down_bytes = 300});
  const auto identity = sink_.flow_of("10.98.3.3", port_of(client))->identity;
  GetParam().end_udp_flows(hosts());
  ASSERT_TRUE(run.until([&] { return sink_.has_ended(identity); }));
  const auto& end = sink_.ends().at(identity);
  ASSERT_TRUE(end.counters);
  EXPECT_EQ(end.counters->rx_bytes, bytes_of(*seer, 1, 100, false) + bytes_of(*seer, 2, 700, false));
  EXPECT_EQ(end.counters->tx_bytes, bytes_of(*seer, 1, 200, false) + bytes_of(*seer, 1, 300, false));
}

TEST_P(WitnessContract, CountersAreAbsoluteAndGrow) {
  if (!GetParam().udp) GTEST_SKIP() << "it does not see UDP peers";
  const auto seer = witness();
  const UdpService service(hosts(), udp_port);
  const auto client = client_socket(hosts(), SOCK_DGRAM, "10.98.1.1", udp_port);
  WitnessRun run(hosts(), *seer, sink_);
  ASSERT_TRUE(run.listings(1));
  for (unsigned round = 1; round <= 5; ++round) {
    service.exchange(client, {.up = 3, .up_bytes = 200, .down = 2, .down_bytes = 400});
    ASSERT_TRUE(until_bytes(run, "10.98.1.1", port_of(client),
                            {bytes_of(*seer, 3 * round, 200, false), bytes_of(*seer, 2 * round, 400, false)}));
  }
  EXPECT_EQ(sink_.flows().size(), 1U);
}

TEST_P(WitnessContract, EveryListingHoldsEveryLivingFlow) {
  const auto seer = witness();
  const UdpService datagrams(hosts(), udp_port);
  const TcpService streams(hosts(), tcp_port);
  WitnessRun run(hosts(), *seer, sink_);
  ASSERT_TRUE(run.listings(1));
  std::vector<Socket> clients;
  std::vector<Socket> served;
  for (int i = 1; i <= 20; ++i) {
    const auto peer = "10.98.4." + std::to_string(i);
    if (GetParam().udp) {
      clients.push_back(client_socket(hosts(), SOCK_DGRAM, peer, udp_port));
      datagrams.exchange(clients.back(), {});
    }
    if (GetParam().tcp) {
      clients.push_back(client_socket(hosts(), SOCK_STREAM, peer, tcp_port));
      served.push_back(streams.accept());
    }
  }
  ASSERT_TRUE(run.until([&] { return sink_.flows().size() == clients.size(); }));
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(run.listings(1));
    if (round > 0) EXPECT_EQ(sink_.last_listing().size(), clients.size());
  }
}

TEST_P(WitnessContract, TellsWatchedPortsOnlyAndFollowsWhenTheyChange) {
  const auto seer = witness({{udp_port}, {tcp_port}, {"s0"}});
  const bool udp = GetParam().udp;
  const int type = udp ? SOCK_DGRAM : SOCK_STREAM;
  const auto watched = udp ? udp_port : tcp_port;
  std::vector<Socket> held;
  std::optional<UdpService> datagrams;
  std::optional<UdpService> other_datagrams;
  std::optional<TcpService> streams;
  std::optional<TcpService> other_streams;
  if (udp) {
    datagrams.emplace(hosts(), watched);
    other_datagrams.emplace(hosts(), other_port);
  } else {
    streams.emplace(hosts(), watched);
    other_streams.emplace(hosts(), other_port);
  }
  const auto client = client_socket(hosts(), type, "10.98.5.1", watched);
  const auto other = client_socket(hosts(), type, "10.98.5.2", other_port);
  if (!udp) {
    held.push_back(streams->accept());
    held.push_back(other_streams->accept());
  }
  const auto talk = [&] {
    if (udp) {
      datagrams->exchange(client, {});
      other_datagrams->exchange(other, {});
    } else {
      move_bytes(client, held[0], 100);
      move_bytes(other, held[1], 100);
    }
  };
  WitnessRun run(hosts(), *seer, sink_);
  ASSERT_TRUE(run.listings(1));
  talk();
  ASSERT_TRUE(run.until([&] { return sink_.flow_of("10.98.5.1", port_of(client)).has_value(); }));
  ASSERT_TRUE(run.listings(2));
  EXPECT_FALSE(sink_.flow_of("10.98.5.2", port_of(other)));
  seer->watch(udp ? WatchedPorts{{other_port}, {}, {"s0"}} : WatchedPorts{{}, {other_port}, {"s0"}});
  ASSERT_TRUE(run.listings(2));
  talk();
  ASSERT_TRUE(run.until([&] { return sink_.flow_of("10.98.5.2", port_of(other)).has_value(); }));
  EXPECT_EQ(sink_.flow_of("10.98.5.2", port_of(other))->service_port, other_port);
  ASSERT_TRUE(run.listings(2));
  const auto gone = sink_.flow_of("10.98.5.1", port_of(client))->identity;
  EXPECT_FALSE(sink_.last_listing().contains(gone)) << "a port that is watched no more is listed";
}

TEST_P(WitnessContract, TheSamePortOfTheOtherProtocolIsAnotherThing) {
  if (!GetParam().udp || !GetParam().tcp) GTEST_SKIP() << "it sees one protocol";
  const auto seer = witness({{udp_port}, {tcp_port}, {"s0"}});
  const UdpService datagrams(hosts(), tcp_port);
  const TcpService streams(hosts(), udp_port);
  const UdpService watched(hosts(), udp_port);
  WitnessRun run(hosts(), *seer, sink_);
  ASSERT_TRUE(run.listings(1));
  datagrams.exchange(client_socket(hosts(), SOCK_DGRAM, "10.98.6.1", tcp_port), {});
  const auto stream = client_socket(hosts(), SOCK_STREAM, "10.98.6.2", udp_port);
  const auto client = client_socket(hosts(), SOCK_DGRAM, "10.98.6.3", udp_port);
  watched.exchange(client, {});
  ASSERT_TRUE(run.until([&] { return sink_.flow_of("10.98.6.3", port_of(client)).has_value(); }));
  ASSERT_TRUE(run.listings(2));
  EXPECT_EQ(sink_.flows().size(), 1U);
}

TEST_P(WitnessContract, EndsWhenCancelledAndCanRunAgain) {
  const auto seer = witness();
  const bool udp = GetParam().udp;
  const UdpService datagrams(hosts(), udp_port);
  const TcpService streams(hosts(), tcp_port);
  const auto client = client_socket(hosts(), udp ? SOCK_DGRAM : SOCK_STREAM, "10.98.8.1", udp ? udp_port : tcp_port);
  std::optional<Socket> served;
  if (!udp) served.emplace(streams.accept());
  const auto talk = [&] { udp ? datagrams.exchange(client, {}) : move_bytes(client, *served, 100); };
  const auto known = [&] { return sink_.flow_of("10.98.8.1", port_of(client)).has_value(); };
  {
    WitnessRun run(hosts(), *seer, sink_);
    ASSERT_TRUE(run.listings(1));
    talk();
    ASSERT_TRUE(run.until(known));
    run.cancel();
    EXPECT_TRUE(run.is_over());
  }
  const auto first = sink_.flow_of("10.98.8.1", port_of(client))->identity;
  sink_ = {};
  WitnessRun again(hosts(), *seer, sink_);
  ASSERT_TRUE(again.listings(1));
  talk();
  ASSERT_TRUE(again.until(known));
  again.cancel();
  sink_ = {};
  const auto other = witness();
  WitnessRun afresh(hosts(), *other, sink_);
  ASSERT_TRUE(afresh.listings(1));
  talk();
  ASSERT_TRUE(afresh.until(known));
  if (GetParam().identities_last) EXPECT_EQ(sink_.flow_of("10.98.8.1", port_of(client))->identity, first);
}

TEST_P(WitnessContract, SaysWhatIsMissingWithoutPrivileges) {
  std::string code;
  std::string message;
  bool listed = false;
  std::thread([&] {
    std::exception_ptr failure;
    try {
      hosts().in_server([&] {
        // Of this thread alone: the wrapper of the C library would change the whole process.
        ASSERT_EQ(::syscall(SYS_setresuid, 65534, 65534, 0), 0);
        const auto seer = GetParam().make({{udp_port}, {tcp_port}, {"s0"}}, clock_);
        boost::asio::io_context loop{1};
        boost::asio::cancellation_signal signal;
        bool over = false;
        boost::asio::co_spawn(loop, seer->run(sink_),
                              boost::asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr thrown) {
                                failure = thrown;
                                over = true;
                              }));
        for (int turn = 0; turn < 1000 && !over && sink_.listings() == 0; ++turn)
          loop.run_for(std::chrono::milliseconds(5));
        listed = sink_.listings() > 0;
        signal.emit(boost::asio::cancellation_type::all);
        for (int turn = 0; turn < 1000 && !over; ++turn) loop.run_for(std::chrono::milliseconds(5));
        ASSERT_EQ(::syscall(SYS_setresuid, 0, 0, 0), 0);
      });
      if (failure && !listed) std::rethrow_exception(failure);
    } catch (const base::Failure& refused) {
      code = refused.error().code;
      message = refused.error().message;
    }
  }).join();
  if (!GetParam().needs_privileges) {
    EXPECT_TRUE(listed) << message;
    return;
  }
  EXPECT_EQ(code, "refused");
  EXPECT_GT(message.size(), 20U) << "a whole sentence, please: '" << message << "'";
  EXPECT_FALSE(listed);
}

}  // namespace davylamp::contract::testing
