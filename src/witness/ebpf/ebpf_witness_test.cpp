#include "witness/ebpf/ebpf_witness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <linux/capability.h>

#include "contract/testing/witness_contract.hpp"
#include "witness/ebpf/testing/loaded_program.hpp"

namespace davylamp::ebpf {
namespace {

using contract::testing::client_socket;
using contract::testing::port_of;
using contract::testing::RecordingFlowSink;
using contract::testing::TwoHosts;
using contract::testing::UdpService;
using contract::testing::WitnessCase;
using contract::testing::WitnessContract;
using contract::testing::WitnessRun;
using ::testing::HasSubstr;

Config quick(const contract::WatchedPorts& ports) {
  Config config;
  config.ports = ports;
  config.most_peers = 2'000;
  config.scan_every = base::Milliseconds(50);
  config.list_every = base::Milliseconds(100);
  config.forget_closed_after = base::Milliseconds(200);
  return config;
}

WitnessCase contract_case(const char* name, std::optional<AttachMode> mode) {
  WitnessCase subject;
  subject.name = name;
  subject.make = [mode](const contract::WatchedPorts& ports, const base::Clock& clock) {
    auto config = quick(ports);
    config.attach_mode = mode;
    return make_witness(config, clock);
  };
  subject.impossible = testing::impossible;
  subject.identities_last = false;
  return subject;
}

INSTANTIATE_TEST_SUITE_P(Ebpf, WitnessContract,
                         ::testing::Values(contract_case("best", std::nullopt),
                                           contract_case("clsact", AttachMode::clsact)),
                         [](const auto& test) { return test.param.name; });

constexpr std::uint16_t port = 11940;

class EbpfWitnessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto reason = testing::impossible()) GTEST_SKIP() << *reason;
    hosts_.emplace();
    config_ = quick({{port}, {}, {}});
  }
  TwoHosts& hosts() { return *hosts_; }
  bool until_it_says(WitnessRun& run, const std::string& words) {
    return run.until([&] { return sink_.text().find(words) != std::string::npos; });
  }

  std::optional<TwoHosts> hosts_;
  Config config_;
  io::SystemClock clock_;
  RecordingFlowSink sink_;
};

TEST_F(EbpfWitnessTest, SaysWhereItLooksAndFollowsDevicesThatComeAndGo) {
  config_.uplinks = {"late*", "c0"};
  config_.inner_interfaces = {"tunnel"};
  const auto witness = make_witness(config_, clock_);
  WitnessRun run(hosts(), *witness, sink_);
  ASSERT_TRUE(until_it_says(run, "waits for late*, c0"));
  hosts().run_in_server("ip link add late7 type veth peer name other && ip link set late7 up");
  ASSERT_TRUE(until_it_says(run, "on late7."));
  hosts().run_in_server("ip tuntap add tunnel mode tun && ip link set tunnel up");
  ASSERT_TRUE(until_it_says(run, "handshakes in tunnel."));
  hosts().run_in_server("ip link del late7");
  ASSERT_TRUE(until_it_says(run, "waits for late*, c0"));
}

TEST_F(EbpfWitnessTest, SaysThatItsTableIsFullAndCountsWhatItMissed) {
  config_.most_peers = 1;  // 1024 flows, the fewest
  const auto witness = make_witness(config_, clock_);
  const UdpService service(hosts(), port);
  WitnessRun run(hosts(), *witness, sink_);
  ASSERT_TRUE(run.listings(1));
  for (int i = 0; i < 1030; ++i) {
    const auto peer = "10.98." + std::to_string(10 + i / 250) + "." + std::to_string(1 + i % 250);
    service.exchange(client_socket(hosts(), SOCK_DGRAM, peer, port), {.up = 1, .down = 0});
  }
  ASSERT_TRUE(until_it_says(run, "1024 flows was full: 6 packets"));
  EXPECT_TRUE(run.until([&] { return sink_.flows().size() == 1024; }));
  EXPECT_EQ(witness->losses().front().name, "ebpf_table_full");
  EXPECT_EQ(witness->losses().front().count, 6U);
  run.cancel();
  EXPECT_EQ(witness->losses().front().count, 6U) << "after the run";
}

TEST_F(EbpfWitnessTest, IdleFlowsEndWithTheirLastWord) {
  config_.forget_after = base::Milliseconds(500);
  const auto witness = make_witness(config_, clock_);
  const UdpService service(hosts(), port);
  WitnessRun run(hosts(), *witness, sink_);
  ASSERT_TRUE(run.listings(1));
  service.exchange(client_socket(hosts(), SOCK_DGRAM, "10.98.1.1", port), {.up = 3, .up_bytes = 100, .down = 0});
  ASSERT_TRUE(run.until([&] { return sink_.ends().size() == 1; }));
  EXPECT_EQ(sink_.ends().begin()->second.counters->rx_bytes, 3U * 128);
}

// Of this thread alone.
void keep_capabilities(std::uint64_t kept) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct held[2] = {};
  for (unsigned i = 0; i < 2; ++i) held[i].effective = held[i].permitted = static_cast<std::uint32_t>(kept >> (32 * i));
  ASSERT_EQ(::syscall(SYS_capset, &header, held), 0);
}

constexpr std::uint64_t capability(unsigned number) {
  return std::uint64_t{1} << number;
}

TEST_F(EbpfWitnessTest, TwoCapabilitiesAreEnough) {
  std::string problem;
  std::thread([&] {
    hosts().in_server([&] {
      const auto device = static_cast<int>(::if_nametoindex("s0"));
      keep_capabilities(capability(CAP_NET_ADMIN) | capability(39));
      try {
        const KernelProgram program(1024);
        for (const auto mode : {best_attach_mode(program), AttachMode::clsact}) {
          Attachments attachments(mode);
          EXPECT_TRUE(attachments.attach(device, program.uplink()));
        }
      } catch (const base::Failure& failure) {
        problem = failure.what();
      }
    });
  }).join();
  EXPECT_EQ(problem, "");
}

TEST_F(EbpfWitnessTest, SaysWhichOfThemIsMissing) {
  for (const auto& [kept, missing] : {std::pair{capability(CAP_NET_ADMIN), "CAP_BPF is missing"},
                                      std::pair{capability(39), "CAP_NET_ADMIN is missing"}}) {
    std::string problem;
    std::thread([&, kept] {
      keep_capabilities(kept);
      try {
        const KernelProgram program(1024);
      } catch (const base::Failure& failure) {
        problem = failure.what();
      }
    }).join();
    EXPECT_THAT(problem, HasSubstr(missing));
  }
}

}  // namespace
}  // namespace davylamp::ebpf
