#include "app/setup/setup.hpp"
#include "base/testing/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace davylamp::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view stock = "port 1194\nproto udp\ndev tun\nserver 10.8.0.0 255.255.255.0\n";
const std::string udp = "/etc/openvpn/server/udp.conf";

// A host that exists only below a temporary folder.
class SetupHost : public testing::Test {
 protected:
  void SetUp() override {
    const auto me = std::to_string(geteuid()) + ":" + std::to_string(getegid());
    write("/etc/passwd", "root:x:" + me + "::/:\ndavylamp:x:" + me + "::/:\nnobody:x:" + me + "::/:\n");
    write("/etc/group", "root:x:" + std::to_string(getegid()) + ":\ndavylamp:x:" + std::to_string(getegid()) + ":\n");
    write("/usr/lib/davylamp/davylamp-hook", "#!/bin/sh\n");
    std::filesystem::permissions(root_ + "/usr/lib/davylamp/davylamp-hook", std::filesystem::perms::owner_all);
  }

  void write(const std::string& path, std::string_view text) const {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path, std::ios::binary) << text;
  }
  std::string read(const std::string& path) const {
    std::ifstream file(root_ + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // Every file below /etc and /var, with its mode.
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> all;
    for (const auto* folder : {"/etc", "/var"}) {
      std::error_code error;
      for (const auto& entry : std::filesystem::recursive_directory_iterator(root_ + folder, error)) {
        const auto path = entry.path().string().substr(root_.size());
        struct stat status{};
        stat(entry.path().c_str(), &status);
        all[path] = std::to_string(status.st_mode) + (entry.is_regular_file() ? read(path) : "");
      }
    }
    return all;
  }
  SetupReport run(const std::vector<std::string>& wanted = {}) const {
    OpenvpnSetup setup(root_, {});
    auto report = setup.plan(wanted);
    setup.carry_out(report);
    return report;
  }
  Changes::Undone undo() const { return Changes(root_).undo(); }
  base::TemporaryDirectory temporary_;
  std::string root_ = temporary_.path();
};

TEST_F(SetupHost, ChangesOnceAndTakesItBackByteForByte) {
  write(udp, stock);
  chmod((root_ + udp).c_str(), 0600);
  const auto before = files();
  const auto first = run();
  ASSERT_THAT(first.servers, SizeIs(1));
  EXPECT_EQ(first.servers[0].state, SetupState::changed) << first.servers[0].sentence;
  EXPECT_THAT(read(udp), HasSubstr("management /run/davylamp/openvpn/udp.sock unix\n"));
  EXPECT_THAT(read("/etc/davylamp/davylamp.toml"), HasSubstr("hook_directory = \"/run/davylamp/hook/udp\""));
  EXPECT_THAT(read("/etc/tmpfiles.d/davylamp-openvpn-udp.conf"), HasSubstr("d /run/davylamp/openvpn 0750"));
  EXPECT_TRUE(std::filesystem::is_directory(root_ + "/run/davylamp/hook/udp"));
  const auto changed = files();

  const auto second = run();
  EXPECT_EQ(second.servers[0].state, SetupState::nothing_to_do);
  EXPECT_EQ(files(), changed);

  EXPECT_EQ(undo().failures, 0U);
  auto after = files();
  after.erase("/var");
  after.erase("/var/lib");
  EXPECT_EQ(after, before);
  EXPECT_THAT(undo().sentences, IsEmpty());
}

TEST_F(SetupHost, ADryRunWritesNothing) {
  write(udp, stock);
  const auto before = files();
  OpenvpnSetup setup(root_, {});
  const auto report = setup.plan({});
  EXPECT_EQ(report.servers[0].state, SetupState::planned);
  EXPECT_THAT(setup_text(report), HasSubstr("+management /run/davylamp/openvpn/udp.sock unix"));
  EXPECT_EQ(files(), before);
}

TEST_F(SetupHost, OddFilesComeBackAsTheyWere) {
  write(udp, std::string("server 10.8.0.0 255.255.255.0\r\nport 1194"));
  write("/etc/davylamp/davylamp.toml", "[node]\nname = \"edge\"");
  const auto before = files();
  EXPECT_EQ(run().servers[0].state, SetupState::changed);
  EXPECT_THAT(read(udp), HasSubstr("port 1194\r\n# davylamp: begin"));
  EXPECT_EQ(run().servers[0].state, SetupState::nothing_to_do);
  undo();
  EXPECT_EQ(read(udp), "server 10.8.0.0 255.255.255.0\r\nport 1194");
  EXPECT_EQ(read("/etc/davylamp/davylamp.toml"), "[node]\nname = \"edge\"");
}

TEST_F(SetupHost, WhatWasEditedSinceLosesOnlyOurLines) {
  write(udp, stock);
  run();
  write(udp, "# mine\n" + read(udp) + "verb 4\n");
  const auto undone = undo();
  EXPECT_EQ(undone.failures, 0U);
  EXPECT_THAT(undone.sentences, Contains(HasSubstr("was edited since setup: only Davylamp's marked lines")));
  EXPECT_EQ(read(udp), "# mine\n" + std::string(stock) + "verb 4\n");
}

TEST_F(SetupHost, AnEditBetweenTwoRunsSurvivesUndo) {
  write(udp, stock);
  run();
  write(udp, "verb 4\nscript-security 2\n" + read(udp));
  EXPECT_EQ(run().servers[0].state, SetupState::changed);
  undo();
  EXPECT_EQ(read(udp), "verb 4\nscript-security 2\n" + std::string(stock));
}

TEST_F(SetupHost, TwoServersShareTheConfigurationFile) {
  write(udp, stock);
  write("/etc/openvpn/tcp.conf", "proto tcp-server\nport 443\nserver 10.9.0.0 255.255.255.0\n");
  const auto report = run();
  ASSERT_THAT(report.servers, SizeIs(2));
  EXPECT_THAT(read("/etc/davylamp/davylamp.toml"), HasSubstr("name = \"udp\""));
  EXPECT_THAT(read("/etc/davylamp/davylamp.toml"), HasSubstr("name = \"tcp\""));
  EXPECT_EQ(run().servers[0].state, SetupState::nothing_to_do);
  undo();
  EXPECT_FALSE(std::filesystem::exists(root_ + "/etc/davylamp"));
}

TEST_F(SetupHost, TwoServersOfOneNameAreLeftAloneUntilOneIsChosen) {
  write(udp, stock);
  write("/etc/openvpn/udp.conf", stock);
  const auto both = run();
  EXPECT_THAT(both.servers, IsEmpty());
  EXPECT_THAT(both.problems, ElementsAre(HasSubstr("two servers are called udp")));
  EXPECT_EQ(run({udp}).servers[0].state, SetupState::changed);
  EXPECT_THAT(run({"gone"}).problems, Contains(HasSubstr("no OpenVPN server is called gone")));
}

TEST_F(SetupHost, ATableOfTheOperatorStays) {
  write(udp, stock);
  write("/etc/davylamp/davylamp.toml", "[[source.openvpn]]\nname = \"udp\"\nmanagement = \"/run/x.sock\"\n");
  const auto report = run();
  EXPECT_THAT(report.servers[0].notes, Contains(HasSubstr("has udp already; add to its table: status_file")));
  EXPECT_EQ(read("/etc/davylamp/davylamp.toml"), "[[source.openvpn]]\nname = \"udp\"\nmanagement = \"/run/x.sock\"\n");
}

TEST_F(SetupHost, AServerThatIsWatchedUnderAnotherNameGetsNoSecondTable) {
  write(udp, std::string(stock) + "management /run/x.sock unix\n");
  write("/etc/davylamp/davylamp.toml", "[[source.openvpn]]\nname = \"office\"\nmanagement = \"/run/x.sock\"\n");
  EXPECT_THAT(run().servers[0].notes, Contains(HasSubstr("has office already")));
}

TEST_F(SetupHost, NothingIsHalfDone) {
  write(udp, stock);
  write("/etc/davylamp/davylamp.toml", "lissten = 1\n");
  const auto before = files();
  const auto report = run();
  EXPECT_EQ(report.servers[0].state, SetupState::refused);
  EXPECT_THAT(report.servers[0].sentence, HasSubstr("problems that come first"));
  EXPECT_EQ(files(), before);
}

TEST_F(SetupHost, WhenOneFileFailsTheOthersArePutBack) {
  write(udp, stock);
  std::filesystem::create_directories(root_ + "/etc/davylamp/davylamp.toml.d");
  const auto before = files();
  OpenvpnSetup setup(root_, {});
  auto report = setup.plan({});
  // A folder where the configuration should go.
  std::filesystem::create_directories(root_ + "/etc/davylamp/davylamp.toml/x");
  setup.carry_out(report);
  EXPECT_EQ(report.servers[0].state, SetupState::failed);
  EXPECT_EQ(read(udp), stock);
}

TEST_F(SetupHost, WhatAnIncludedFileHasIsNotAddedAgain) {
  write(udp, std::string(stock) + "config /etc/openvpn/parts/management.inc\n");
  write("/etc/openvpn/parts/management.inc", "management /run/vpn/a.sock unix\nscript-security 3\n");
  run();
  EXPECT_THAT(read(udp), testing::Not(HasSubstr("management /run/davylamp")));
  EXPECT_THAT(read(udp), testing::Not(HasSubstr("script-security")));
  EXPECT_THAT(read("/etc/davylamp/davylamp.toml"), HasSubstr("management = \"/run/vpn/a.sock\""));
}

TEST_F(SetupHost, BehindASymbolicLinkTheFileIsReplacedNotTheLink) {
  write("/srv/udp.conf", stock);
  std::filesystem::create_directories(root_ + "/etc/openvpn/server");
  std::filesystem::create_symlink(root_ + "/srv/udp.conf", root_ + udp);
  run();
  EXPECT_TRUE(std::filesystem::is_symlink(root_ + udp));
  EXPECT_THAT(read("/srv/udp.conf"), HasSubstr("management /run/davylamp"));
  undo();
  EXPECT_EQ(read("/srv/udp.conf"), stock);
}

TEST_F(SetupHost, AnOpenBlockAtTheEndIsRefused) {
  write(udp, std::string(stock) + "<ca>\nMIIB\n");
  EXPECT_THAT(run().servers[0].sentence, HasSubstr("inline block in it is not closed"));
}

TEST_F(SetupHost, AMissingAccountIsSaidBeforeAnythingChanges) {
  write(udp, stock);
  write("/etc/group", "root:x:0:\n");
  const auto report = run();
  EXPECT_EQ(report.servers[0].state, SetupState::failed);
  EXPECT_THAT(report.servers[0].sentence, HasSubstr("there is no group davylamp"));
  EXPECT_EQ(read(udp), stock);
}

TEST_F(SetupHost, AUnitThatWouldStarveTheHookGetsADropIn) {
  write(udp, std::string(stock) + "user nobody\n");
  write("/lib/systemd/system/openvpn-server@.service", "[Service]\nLimitNPROC=10\n");
  const auto report = run();
  EXPECT_EQ(report.servers[0].state, SetupState::changed) << report.servers[0].sentence;
  EXPECT_THAT(read("/etc/systemd/system/openvpn-server@udp.service.d/davylamp.conf"),
              HasSubstr("[Service]\nLimitNPROC=1000\n"));
  EXPECT_THAT(report.servers[0].commands, Contains(HasSubstr("daemon-reload")));
  EXPECT_EQ(run().servers[0].state, SetupState::nothing_to_do);
  undo();
  EXPECT_FALSE(std::filesystem::exists(root_ + "/etc/systemd"));
}

}  // namespace
}  // namespace davylamp::app
