#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstring>
#include <fstream>

#include "base/testing/temporary_directory.hpp"
#include "io/netlink.hpp"
#include "io/system_clock.hpp"
#include "io/testing/two_hosts.hpp"
#include "sources/firewall/input.hpp"
#include "sources/firewall/ip_header.hpp"
#include "sources/firewall/nflog_message.hpp"

namespace davylamp::firewall {
namespace {

using io::testing::TwoHosts;

std::vector<std::byte> bytes_of(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

TEST(IpHeader, ReadsIpv4UpToWhereItIsCut) {
  auto bytes = bytes_of({0x45, 0, 0, 44,   0,    1, 0x40, 0, 52, 6, 0, 0, 192, 0, 2, 55,   192,
                         0,    2, 1, 0xDB, 0xB8, 0, 23,   0, 0,  0, 1, 0, 0,   0, 0, 0x60, 0x12});
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    Packet packet;
    EXPECT_EQ(read_ip_header(std::span(bytes).first(size), packet), size >= 20) << size;
    EXPECT_EQ(packet.source_port.has_value(), size >= 22) << size;
    EXPECT_EQ(packet.destination_port.has_value(), size >= 24) << size;
    EXPECT_EQ(packet.tcp_flags, size >= 34 ? syn | ack : 0) << size;
  }
  bytes[6] = std::byte{0x20};
  bytes[7] = std::byte{0x01};
  Packet fragment;
  EXPECT_TRUE(read_ip_header(bytes, fragment));
  EXPECT_EQ(fragment.source_port, std::nullopt) << "a later fragment has no ports";
}

TEST(IpHeader, GoesThroughTheExtensionsOfIpv6) {
  auto bytes = bytes_of({0x60, 0, 0,   0,    0, 28, 0, 64, 0x20, 1,    0xd,  0xb8, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 1,
                         0x20, 1, 0xd, 0xb8, 0, 0,  0, 0,  0,    0,    0,    0,    0, 0, 0, 2, 44, 0, 1, 4, 0, 0, 0, 0,
                         17,   0, 0,   1,    0, 0,  0, 9,  0x04, 0xAA, 0x00, 0x35, 0, 8, 0, 0});
  Packet packet;
  ASSERT_TRUE(read_ip_header(bytes, packet));
  EXPECT_EQ(packet.source->to_string(), "2001:db8::1");
  EXPECT_EQ(protocol_name(packet.protocol), "udp");
  EXPECT_EQ(packet.destination_port, 53);
  EXPECT_EQ(packet.length, 68U);
}

TEST(Nflog, CountsDamagedMessages) {
  const auto request = mode_request(5, {});
  std::uint64_t told = 0;
  const auto take = [&](const NflogPacket&) { ++told; };
  EXPECT_EQ(read_nflog(request, take).others, 1U);
  for (std::size_t size = 1; size < request.size(); ++size)
    EXPECT_EQ(read_nflog(std::span(request).first(size), take).unreadable, 1U) << size;
  EXPECT_EQ(told, 0U);
}

TEST(Nflog, CountsGapsOverTheEndOfTheNumbers) {
  SequenceGaps gaps;
  for (const std::uint32_t sequence : {0xFFFF'FFF0U, 0xFFFF'FFF1U, 0xFFFF'FFFEU, 1U}) gaps.note(sequence);
  EXPECT_EQ(gaps.lost(), 12U + 2U);
}

// A server with an NFLOG rule, and a client that sends.
class NflogOfTwoHosts : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!TwoHosts::possible()) GTEST_SKIP() << "needs root and nsenter";
    hosts.emplace();
    try {
      std::ofstream(directory.file("rules")) << "table inet t {\n chain c {\n type filter hook input priority 0\n"
                                                " meta l4proto { udp, tcp } th dport 1194 log prefix \"[VPN-CONN] \" "
                                                "group 7 snaplen 64\n }\n}\n";
      hosts->run_in_server("nft -f " + directory.file("rules"));
    } catch (const std::runtime_error& error) {
      GTEST_SKIP() << "no NFLOG rules here: " << error.what();
    }
  }
  // `count` datagrams from the client's address and from those of 10.98.0.0/16 in turn.
  void send(unsigned count, unsigned sources) {
    hosts->in_client([&] {
      for (unsigned source = 0; source < sources; ++source) {
        const int handle = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_in from{};
        from.sin_family = AF_INET;
        from.sin_addr.s_addr = htonl(0x0A620001U + source);
        ASSERT_EQ(::bind(handle, reinterpret_cast<sockaddr*>(&from), sizeof from), 0) << std::strerror(errno);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(1194);
        to.sin_addr.s_addr = htonl(0x0A4D0001U);
        for (unsigned i = 0; i < count / sources; ++i)
          ::sendto(handle, "x", 1, 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
        ::close(handle);
      }
    });
  }
  // Runs `input` until `done`, at most thirty seconds.
  void run(Input& input, const std::function<bool()>& done) {
    boost::asio::co_spawn(context, input.run(), [this](std::exception_ptr error) { failure = error; });
    go_on(done);
  }
  void go_on(const std::function<bool()>& done) {
    context.restart();
    for (int i = 0; i < 3'000 && !done() && !failure; ++i) context.run_for(std::chrono::milliseconds(10));
  }
  base::TemporaryDirectory directory;
  std::optional<TwoHosts> hosts;
  io::SystemClock clock;
  AttemptIntake intake{{"edge", {"[VPN-CONN]"}, {}}};
  std::exception_ptr failure;
  boost::asio::io_context context;
};

TEST_F(NflogOfTwoHosts, CountsEveryPacketByItsAddress) {
  auto input = make_nflog_input(7, intake, clock);
  hosts->in_server([&] { run(*input, [&] { return input->looks(); }); });
  ASSERT_TRUE(input->looks());
  send(1'000, 10);
  hosts->run_in_client("ping -6 -c1 -W1 fd77::1 >/dev/null || true");
  go_on([&] { return intake.stats().packets >= 1'000; });
  const auto rows = intake.take_all(clock.now());
  ASSERT_EQ(rows.size(), 10U);
  for (const auto& row : rows) {
    EXPECT_EQ(row.count, 100U);
    EXPECT_EQ(row.outcome, model::AttemptOutcome::accepted);
    EXPECT_EQ(row.protocol, "udp");
    EXPECT_EQ(row.port, 1194);
    EXPECT_EQ(row.why, "[VPN-CONN]");
    EXPECT_EQ(row.address->to_string().substr(0, 8), "10.98.0.");
  }
  EXPECT_EQ(input->losses().front().count, 0U);
}

TEST_F(NflogOfTwoHosts, SaysThatAnotherProgramReadsTheGroup) {
  auto first = make_nflog_input(7, intake, clock);
  hosts->in_server([&] { run(*first, [&] { return first->looks(); }); });
  auto second = make_nflog_input(7, intake, clock);
  hosts->in_server([&] { run(*second, [&] { return second->looks(); }); });
  ASSERT_TRUE(failure);
  try {
    std::rethrow_exception(failure);
  } catch (const base::Failure& error) {
    EXPECT_EQ(error.error().code, "busy");
    EXPECT_NE(error.error().message.find("another program"), std::string::npos);
  }
}

// The numbers of the messages are the kernel's own account of what it could not deliver.
TEST_F(NflogOfTwoHosts, CountsWhatWasLostForWantOfRoom) {
  boost::asio::io_context loop;
  std::optional<io::Netlink> socket;
  hosts->in_server([&] {
    socket.emplace(loop.get_executor(), io::Netlink::Options{.protocol = NETLINK_NETFILTER, .read_bytes = 256 * 1024});
  });
  const int tiny = 4'096;
  ASSERT_EQ(::setsockopt(socket->native_handle(), SOL_SOCKET, SO_RCVBUF, &tiny, sizeof tiny), 0);
  socket->send(bind_request(7));
  socket->send(mode_request(7, {.copy_bytes = 64, .buffer_bytes = 4'096, .queue = 1, .wait_centiseconds = 1}));
  SequenceGaps gaps;
  std::uint64_t received = 0;
  const auto drain = [&] {
    for (auto outcome = io::Netlink::Read::messages; outcome != io::Netlink::Read::nothing;) {
      outcome = socket->read([&](std::span<const std::byte> datagram) {
        read_nflog(datagram, [&](const NflogPacket& found) {
          gaps.note(*found.sequence);
          ++received;
        });
      });
    }
  };
  send(1, 1);
  drain();
  send(5'000, 1);
  drain();
  send(1, 1);
  // A busy kernel delivers later, in the same order.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  do drain();
  while (received + gaps.lost() < 5'002 && std::chrono::steady_clock::now() < until);
  EXPECT_GT(socket->overruns(), 0U);
  EXPECT_GT(gaps.lost(), 0U);
  EXPECT_EQ(received + gaps.lost(), 5'002U);
}

}  // namespace
}  // namespace davylamp::firewall
