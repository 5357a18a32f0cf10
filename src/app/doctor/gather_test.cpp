#include "app/doctor/gather.hpp"
#include "base/testing/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace davylamp::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

// A host below a temporary folder; what the configuration names stands there as well.
class DoctorHost : public testing::Test {
 protected:
  void SetUp() override {
    chmod(root_.c_str(), 0755);
    write("/etc/openvpn/server/udp.conf", "server 10.8.0.0 255.255.255.0\nmanagement " + root_ +
                                              "/udp.sock unix\nclient-connect \"" + root_ + "/davylamp-hook " + root_ +
                                              "/hook\"\nclient-disconnect /etc/openvpn/down.sh\n");
    write("/etc/openvpn/server/tcp.conf", "server 10.9.0.0 255.255.255.0\nproto tcp-server\n");
    write("/davylamp-hook", "");
    chmod((root_ + "/davylamp-hook").c_str(), 0755);
    write("/udp.status", "TITLE,OpenVPN 2.6.14\n");
    std::filesystem::create_directory(root_ + "/hook");
    chmod((root_ + "/hook").c_str(), 0711);
    write("/davylamp.toml", "[node]\nstate_directory = \"" + root_ + "\"\n[store]\npath = \"" + root_ +
                                "/davylamp.db\"\n[[source.openvpn]]\nname = \"udp\"\nmanagement = \"" + root_ +
                                "/udp.sock\"\nstatus_file = \"" + root_ + "/udp.status\"\nhook_directory = \"" + root_ +
                                "/hook\"\nconfig_file = \"/etc/openvpn/server/udp.conf\"\n");
  }

  void write(const std::string& path, std::string_view text) const {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path, std::ios::binary) << text;
  }
  HostFacts gather() const {
    DoctorWorld world;
    world.root = root_;
    world.config_path = root_ + "/davylamp.toml";
    world.now = base::from_unix_seconds(1'795'000'000);
    world.ask_daemon = [this](const std::string& socket) -> base::Result<std::vector<DaemonWord>> {
      EXPECT_EQ(socket, root_ + "/control.sock");
      if (!words_) return base::fail("no_daemon", "nobody answers");
      return *words_;
    };
    world.open_store = [](const Config&) { return std::nullopt; };
    return gather_host_facts(world);
  }
  base::TemporaryDirectory temporary_;
  std::string root_ = temporary_.path();
  std::optional<std::vector<DaemonWord>> words_;
};

TEST_F(DoctorHost, SeesWhatIsThereAndWhatIsNot) {
  const auto facts = gather();
  EXPECT_THAT(facts.config_problems, testing::IsEmpty());
  EXPECT_FALSE(facts.store.exists);
  EXPECT_GT(facts.store.free_bytes, 0U);
  EXPECT_EQ(facts.daemon.problem, "nobody answers");
  ASSERT_EQ(facts.servers.size(), 1U);
  const auto& server = facts.servers[0];
  EXPECT_EQ(server.probe, Probe::no_socket);
  EXPECT_EQ(server.status_file->version, "2");
  EXPECT_TRUE(server.config_known);
  EXPECT_TRUE(server.hook->reachable);
  EXPECT_TRUE(server.hook->connect_set);
  EXPECT_FALSE(server.hook->disconnect_set);
  EXPECT_EQ(server.hook->other_script, "/etc/openvpn/down.sh");
  EXPECT_TRUE(server.hook->program_executable);
  EXPECT_THAT(facts.strangers, ElementsAre(Field(&StrangerFacts::name, "tcp")));
  EXPECT_THAT(server.warnings, Contains(HasSubstr("no status file")));
}

TEST_F(DoctorHost, WhileTheDaemonRunsItIsBelieved) {
  words_ = {{"udp", "busy", "another program"}};
  const auto facts = gather();
  EXPECT_TRUE(facts.daemon.answers);
  EXPECT_EQ(facts.servers[0].probe, Probe::not_asked);
  EXPECT_EQ(facts.servers[0].daemon_word->state, "busy");
}

TEST_F(DoctorHost, AWrongOrMissingConfigurationIsAFact) {
  write("/davylamp.toml", "lissten = 1\n");
  EXPECT_THAT(gather().config_problems, Contains(HasSubstr("lissten")));
  std::filesystem::remove(root_ + "/davylamp.toml");
  EXPECT_TRUE(gather().config_missing);
}

}  // namespace
}  // namespace davylamp::app
