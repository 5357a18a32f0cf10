#include "app/config/reachable.hpp"
#include "base/testing/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

namespace davylamp::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto now = base::from_unix_seconds(1'795'000'000);

// A folder with everything in order: a real socket, a password file, a store, a page.
class Reachable : public testing::Test {
 protected:
  void SetUp() override {
    socket_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = file("udp.sock");
    std::ranges::copy(path, address.sun_path);
    ASSERT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    std::ofstream(file("index.html")).flush();
    std::ofstream(file("password")).flush();
    chmod(file("password").c_str(), 0640);
    config_.node.state_directory = folder_;
    config_.store.path = file("davylamp.db");
    config_.serve.web_root = folder_;
    auto& server = config_.source.openvpn.emplace_back();
    server.name = "udp";
    server.management = path;
    server.password_file = file("password");
  }
  void TearDown() override { close(socket_); }
  std::string file(const std::string& name) const { return folder_ + "/" + name; }
  // As if the kernel refused `path`: the tests may run as root, whom nothing is refused.
  static Access refusing(const std::string& path) {
    return [path](const std::string& asked, int) { return asked == path ? EACCES : 0; };
  }

  Config config_;
  base::TemporaryDirectory temporary_;
  std::string folder_ = temporary_.path();
  int socket_ = -1;
};

TEST_F(Reachable, WhatIsInOrderHasNoFindings) {
  EXPECT_THAT(check_reachable(config_, now), IsEmpty());
}

TEST_F(Reachable, ARefusedSocketIsNamedWithOwnerModeAndRemedy) {
  chmod(file("udp.sock").c_str(), 0700);
  const auto findings = check_reachable(config_, now, refusing(file("udp.sock")));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::problem);
  EXPECT_THAT(findings[0].text,
              AllOf(HasSubstr("source.openvpn[0].management: " + file("udp.sock")), HasSubstr("permission denied"),
                    HasSubstr("mode 0700"), HasSubstr("chmod g+rw " + file("udp.sock"))));
}

TEST_F(Reachable, ARefusedFolderOnTheWayIsTheOneNamed) {
  const auto findings = check_reachable(config_, now, refusing(folder_));
  ASSERT_FALSE(findings.empty());
  const auto found = std::ranges::find_if(
      findings, [](const Finding& f) { return f.text.starts_with("source.openvpn[0].management"); });
  ASSERT_NE(found, findings.end());
  EXPECT_THAT(found->text, AllOf(HasSubstr(folder_ + ": permission denied"), HasSubstr("chmod g+x " + folder_)));
}

TEST_F(Reachable, AGroupThatMayIsWorthJoining) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to give a file to another group";
  ASSERT_EQ(chown(file("udp.sock").c_str(), 0, 1), 0);
  chmod(file("udp.sock").c_str(), 0770);
  EXPECT_THAT(check_reachable(config_, now, refusing(file("udp.sock"))).at(0).text, HasSubstr("usermod -aG daemon "));
}

TEST_F(Reachable, AServerThatIsNotRunningYetIsOnlyANotice) {
  config_.source.openvpn[0].management = file("later.sock");
  const auto findings = check_reachable(config_, now);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::notice);
  EXPECT_THAT(findings[0].text, HasSubstr("is the OpenVPN server running"));
}

TEST_F(Reachable, WhatIsNoSocketIsSaid) {
  config_.source.openvpn[0].management = file("password");
  EXPECT_THAT(check_reachable(config_, now).at(0).text, HasSubstr("is not a socket"));
}

TEST_F(Reachable, PasswordFilesMustExistAndShouldBePrivate) {
  chmod(file("password").c_str(), 0644);
  EXPECT_THAT(check_reachable(config_, now).at(0).text,
              AllOf(HasSubstr("everyone on this host can read it"), HasSubstr("chmod o-rwx")));
  config_.source.openvpn[0].password_file = file("absent");
  EXPECT_THAT(check_reachable(config_, now),
              ElementsAre(Finding{Severity::problem,
                                  "source.openvpn[0].password_file: " + file("absent") + ": there is no such file"}));
}

TEST_F(Reachable, AllFindingsComeAtOnce) {
  config_.store.path = "/nonexistent/davylamp.db";
  config_.serve.web_root = "/nonexistent";
  config_.serve.tls_certificate = "/nonexistent/c.pem";
  config_.geoip.city = {"/nonexistent/c.mmdb"};
  config_.source.openvpn[0].management = folder_;
  EXPECT_EQ(check_reachable(config_, now).size(), 5U);
}

}  // namespace
}  // namespace davylamp::app
