#include "witness/sockets/sockets_witness.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "contract/testing/witness_contract.hpp"

namespace davylamp::contract::testing {

INSTANTIATE_TEST_SUITE_P(Sockets, WitnessContract,
                         ::testing::Values(WitnessCase{
                             .name = "sockets",
                             .make =
                                 [](const WatchedPorts& ports, const base::Clock& clock) {
                                   return sockets::make_witness({ports, base::Milliseconds{100}}, clock);
                                 },
                             .prepare = {},
                             .impossible = {},
                             .udp = false,
                             .end_udp_flows = {},
                             .needs_privileges = false,
                         }),
                         [](const auto& info) { return info.param.name; });

}  // namespace davylamp::contract::testing

namespace davylamp::sockets {
namespace {

using contract::WatchedPorts;
using contract::testing::RecordingFlowSink;
using contract::testing::TwoHosts;
using contract::testing::WitnessRun;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Witness : public testing::Test {
 protected:
  void SetUp() override {
    if (!TwoHosts::possible()) GTEST_SKIP() << "network namespaces cannot be made here";
    hosts.emplace();
  }
  std::unique_ptr<contract::Witness> watch(const WatchedPorts& ports) {
    return hosts->in_server([&] { return make_witness({ports, base::Milliseconds{100}}, clock); });
  }
  std::optional<TwoHosts> hosts;
  io::SystemClock clock;
  RecordingFlowSink sink;
};

TEST_F(Witness, SaysWhyAUdpServerHasNoPeersHere) {
  const contract::testing::UdpService service(*hosts, 1194);
  const auto client = contract::testing::client_socket(*hosts, SOCK_DGRAM, "10.77.0.2", 1194);
  service.exchange(client, {});
  const auto seer = watch({{1194}, {}, {}});
  WitnessRun run(*hosts, *seer, sink);
  ASSERT_TRUE(run.listings(1));
  EXPECT_TRUE(sink.flows().empty());
  EXPECT_EQ(sink.state(), model::WitnessState::looking);
  EXPECT_THAT(sink.text(), AllOf(HasSubstr("one socket for all its clients"), HasSubstr("use ebpf or conntrack"),
                                 Not(HasSubstr("nothing is bound"))));
}

TEST_F(Witness, SaysThatNothingListens) {
  const auto seer = watch({{1194}, {443, 444}, {}});
  WitnessRun run(*hosts, *seer, sink);
  ASSERT_TRUE(run.listings(1));
  EXPECT_THAT(sink.text(), AllOf(HasSubstr("nothing listens on TCP ports 443, 444"),
                                 HasSubstr("nothing is bound to UDP port 1194")));
}

TEST_F(Witness, TellsDatagramsThatDidNotFit) {
  const auto service = contract::testing::service_socket(*hosts, SOCK_DGRAM, 1194);
  const int small = 2048;
  ASSERT_EQ(::setsockopt(service.handle(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
  const auto client = contract::testing::client_socket(*hosts, SOCK_DGRAM, "10.77.0.2", 1194);
  const std::string datagram(1000, 'x');
  for (int i = 0; i < 50; ++i) ASSERT_GT(::send(client.handle(), datagram.data(), datagram.size(), 0), 0);
  const auto seer = watch({{1194}, {}, {}});
  WitnessRun run(*hosts, *seer, sink);
  EXPECT_TRUE(run.until([&] { return sink.text().find("datagrams for want of room") != std::string::npos; }));
}

TEST_F(Witness, CountsWhatTheProgramsMovedAndTellsItsQuality) {
  const contract::testing::TcpService service(*hosts, 443);
  const auto seer = watch({{}, {443}, {}});
  WitnessRun run(*hosts, *seer, sink);
  auto client = contract::testing::client_socket(*hosts, SOCK_STREAM, "10.98.1.1", 443);
  const auto port = contract::testing::port_of(client);
  auto served = service.accept();
  contract::testing::move_bytes(client, served, 30'000);
  contract::testing::move_bytes(served, client, 70'000);
  ASSERT_TRUE(run.until([&] {
    const auto flow = sink.flow_of("10.98.1.1", port);
    return flow && flow->counters->rx_bytes == 30'000 && flow->counters->tx_bytes == 70'000;
  }));
  const auto quality = sink.flow_of("10.98.1.1", port)->quality;
  ASSERT_TRUE(quality && quality->rtt_milliseconds && quality->tx_loss);
  EXPECT_LT(*quality->rtt_milliseconds, 1'000);
  EXPECT_EQ(*quality->tx_loss, 0);
  EXPECT_EQ(quality->rtt_method, "tcp_info");
}

class ManyConnections : public Witness {
 protected:
  static constexpr std::size_t count = 300;
  void connect() {
    const contract::testing::TcpService service(*hosts, 443);
    for (std::size_t i = 0; i < count; ++i) {
      const auto peer = "10.98.2." + std::to_string(i % 200 + 1);
      ends.push_back(contract::testing::client_socket(*hosts, SOCK_STREAM, peer, 443));
      ends.push_back(service.accept());
    }
  }
  // Whether the kernel had something to say to a reader of socket events of the server that there was no room for.
  bool is_overrun() {
    return hosts->in_server([] {
      std::ifstream file("/proc/thread-self/net/netlink");
      std::string line;
      std::getline(file, line);
      while (std::getline(file, line)) {
        std::istringstream words(line);
        const std::vector<std::string> columns{std::istream_iterator<std::string>(words), {}};
        if (columns.size() > 8 && columns[1] == "4" && columns[8] != "0") return true;  // Eth: NETLINK_SOCK_DIAG; Drops
      }
      return false;
    });
  }
  std::vector<contract::testing::Socket> ends;
};

TEST_F(ManyConnections, ABurstOfEndsIsToldWhole) {
  connect();
  const auto seer = watch({{}, {443}, {}});
  WitnessRun run(*hosts, *seer, sink);
  ASSERT_TRUE(run.until([&] { return sink.last_listing().size() == count; }));
  ends.clear();
  EXPECT_TRUE(run.until([&] { return sink.ends().size() == count; }));
  for (const auto& loss : seer->losses()) EXPECT_EQ(loss.count, 0U) << loss.name;
}

TEST_F(ManyConnections, AnOverrunIsCountedAndHealedByListings) {
  const auto seer =
      hosts->in_server([&] { return make_witness({{{}, {443}, {}}, base::Milliseconds{100}, 4'096}, clock); });
  WitnessRun run(*hosts, *seer, sink);
  connect();
  ASSERT_TRUE(run.until([&] { return sink.last_listing().size() == count; }));
  ends.clear();
  // The kernel tells ends from a thread of its own, on a busy machine only after a while; nobody reads meanwhile.
  const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (!is_overrun() && std::chrono::steady_clock::now() < latest) std::this_thread::yield();
  ASSERT_TRUE(is_overrun());
  ASSERT_TRUE(run.until([&] { return sink.last_listing().empty(); }));
  EXPECT_GE(seer->losses()[0].count, 1U) << seer->losses()[0].name;
}

}  // namespace
}  // namespace davylamp::sockets
