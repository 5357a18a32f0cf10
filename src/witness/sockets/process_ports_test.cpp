#include "witness/sockets/process_ports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/testing/temporary_directory.hpp"
#include "contract/testing/witness_scene.hpp"

namespace davylamp::sockets {
namespace {

namespace fs = std::filesystem;
using model::Protocol;
using testing::ElementsAre;
using testing::IsEmpty;

// A host that exists only below a temporary folder.
class FakeHost : public testing::Test {
 protected:
  void write(const std::string& path, std::string_view text) const {
    fs::create_directories(fs::path(root + path).parent_path());
    std::ofstream(root + path, std::ios::binary) << text;
  }
  void process(unsigned number, const std::string& executable, const std::vector<unsigned>& inodes,
               const std::string& group = "/") const {
    const auto folder = "/proc/" + std::to_string(number);
    write(folder + "/comm", fs::path(executable).filename().string().substr(0, 15) + "\n");
    write(folder + "/cgroup", "0::" + group + "\n");
    fs::create_symlink(executable, root + folder + "/exe");
    fs::create_directories(root + folder + "/fd");
    for (const auto inode : inodes)
      fs::create_symlink("socket:[" + std::to_string(inode) + "]", root + folder + "/fd/" + std::to_string(inode));
  }
  static ListeningSocket socket(Protocol protocol, std::uint16_t port, std::uint64_t inode, std::uint64_t group = 0) {
    return {protocol, {}, port, inode, group};
  }
  base::TemporaryDirectory temporary;
  std::string root = temporary.path();
};

TEST_F(FakeHost, APortsOfAProgramAreThoseItsProcessesHaveOpen) {
  process(10, "/usr/bin/conduit", {1, 2});
  process(11, "/usr/bin/conduit", {3});
  process(12, "/usr/sbin/nginx", {4});
  const std::vector<ListeningSocket> sockets{socket(Protocol::udp, 443, 1), socket(Protocol::tcp, 443, 2),
                                             socket(Protocol::tcp, 8443, 3), socket(Protocol::tcp, 80, 4)};
  const auto ports = ports_of("conduit", root, sockets);
  EXPECT_THAT(ports.udp, ElementsAre(443));
  EXPECT_THAT(ports.tcp, ElementsAre(443, 8443));
  EXPECT_EQ(ports_of("caddy", root, sockets), contract::WatchedPorts{});
}

TEST_F(FakeHost, ANameThatTheKernelCutOffIsFoundWhole) {
  process(10, "/opt/psiphon/psiphon-conduit-core", {1});
  const std::vector<ListeningSocket> sockets{socket(Protocol::udp, 443, 1)};
  EXPECT_THAT(ports_of("psiphon-conduit-core", root, sockets).udp, ElementsAre(443));
  EXPECT_THAT(ports_of("psiphon-conduit", root, sockets).udp, ElementsAre(443)) << "the kernel's own name of it";
  fs::remove(root + "/proc/10/exe");
  EXPECT_THAT(ports_of("psiphon-conduit-core", root, sockets).udp, ElementsAre(443)) << "its executable is not ours";
  EXPECT_THAT(ports_of("psiphon-other", root, sockets).udp, IsEmpty());
}

TEST_F(FakeHost, AnExecutableThatWasReplacedKeepsItsName) {
  process(10, "/usr/bin/xray (deleted)", {1});
  EXPECT_THAT(ports_of("xray", root, {socket(Protocol::tcp, 443, 1)}).tcp, ElementsAre(443));
}

TEST_F(FakeHost, WithoutSightOfOpenFilesTheUnitTells) {
  process(10, "/usr/bin/ss-server", {}, "/system.slice/shadowsocks.service");
  write("/sys/fs/cgroup/system.slice/shadowsocks.service/cgroup.procs", "10\n");
  struct stat folder{};
  ASSERT_EQ(::stat((root + "/sys/fs/cgroup/system.slice/shadowsocks.service").c_str(), &folder), 0);
  const std::vector<ListeningSocket> sockets{socket(Protocol::tcp, 8388, 7, folder.st_ino),
                                             socket(Protocol::tcp, 22, 8, 1)};
  EXPECT_THAT(ports_of("ss-server", root, sockets).tcp, ElementsAre(8388));
  const auto owned = owners_of(sockets, root);
  ASSERT_TRUE(owned[0].program);
  EXPECT_EQ(*owned[0].program, (Program{"ss-server", 10, "shadowsocks.service"}));
  EXPECT_FALSE(owned[1].program);
}

TEST_F(FakeHost, PassingPortsOfAProgramThatServesAreNotItsService) {
  process(10, "/usr/bin/ss-server", {1, 2});
  process(11, "/usr/bin/conduit", {3});
  const std::vector<ListeningSocket> sockets{socket(Protocol::udp, 8388, 1), socket(Protocol::udp, 40'001, 2),
                                             socket(Protocol::udp, 51'820, 3)};
  EXPECT_THAT(ports_of("ss-server", root, sockets).udp, ElementsAre(8388));
  EXPECT_THAT(ports_of("conduit", root, sockets).udp, ElementsAre(51'820));
}

TEST_F(FakeHost, SessionsAndSlicesAreNoUnitsAndContainersAre) {
  process(10, "/a", {1}, "/user.slice/user-1000.slice/session-3.scope");
  process(11, "/b", {2}, "/system.slice/docker-0123abcd.scope");
  process(12, "/c", {3}, "/user.slice/user-1000.slice/user@1000.service/app.slice/conduit.service");
  const auto owned =
      owners_of({socket(Protocol::tcp, 1, 1), socket(Protocol::tcp, 2, 2), socket(Protocol::tcp, 3, 3)}, root);
  EXPECT_EQ(owned[0].program->unit, "");
  EXPECT_EQ(owned[1].program->unit, "docker-0123abcd.scope");
  EXPECT_EQ(owned[2].program->unit, "conduit.service");
}

TEST_F(FakeHost, TheTextsOfProcNetTellTheSame) {
  write(
      "/proc/net/tcp",
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
      "   0: 3500007F:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 34000 1 0 100 0 0 10 "
      "5\n"
      "   3: 802AA8C0:D450 2104C798:01BB 01 00000000:00000052 02:00000A6F 00000000  1000        0 149098 2 0 20 4 0 10 "
      "-1\n");
  write("/proc/net/udp6",
        "  sl  local_address                         remote_address                        st tx_queue rx_queue tr "
        "tm->when retrnsmt   uid  timeout inode ref pointer drops\n"
        " 22: 00000000000000000000000000000000:04AA 00000000000000000000000000000000:0000 07 00000000:00000000 "
        "00:00000000 00000000     0        0 77 2 ffff8c7a0dee0000 9\n");
  const auto sockets = read_listening(root);
  ASSERT_EQ(sockets.size(), 2U);
  EXPECT_EQ(sockets[0], (ListeningSocket{Protocol::tcp, *model::Address::parse("127.0.0.53"), 53, 34'000, 0}));
  EXPECT_EQ(sockets[1].port, 1194);
  EXPECT_EQ(sockets[1].address.to_string(), "::");
}

TEST(ProcNetRow, DropsAreOfUdpOnly) {
  const auto udp = parse_proc_net_row(
      " 22: 0100007F:04AA 00000000:0000 07 00000001:00000002 00:00000000 00000000     5        0 77 2 ffff 9");
  ASSERT_TRUE(udp);
  EXPECT_EQ(udp->drops, 9U);
  EXPECT_EQ(udp->send_queue, 1U);
  EXPECT_EQ(udp->receive_queue, 2U);
  EXPECT_EQ(udp->user, 5U);
  EXPECT_FALSE(parse_proc_net_row("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when"));
  EXPECT_FALSE(parse_proc_net_row(""));
}

TEST(ProcessPorts, FindsWhatThisProcessListensOn) {
  using contract::testing::TwoHosts;
  if (!TwoHosts::possible()) GTEST_SKIP() << "network namespaces cannot be made here";
  TwoHosts hosts;
  const auto tcp = contract::testing::service_socket(hosts, SOCK_STREAM, 11'943);
  const auto udp = contract::testing::service_socket(hosts, SOCK_DGRAM, 11'940);
  const auto ports = hosts.in_server([] { return ports_of("witness_sockets_tests"); });
  EXPECT_THAT(ports.tcp, ElementsAre(11'943));
  EXPECT_THAT(ports.udp, ElementsAre(11'940));
  const auto owner = hosts.in_server([] { return owner_of(11'943, Protocol::tcp); });
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->process, static_cast<std::uint32_t>(::getpid()));
  EXPECT_FALSE(hosts.in_server([] { return owner_of(11'944, Protocol::tcp); }));
}

}  // namespace
}  // namespace davylamp::sockets
