// The control socket: who may, what is left out there, what becomes of a file that is in the way.
#include "api/control_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fstream>

#include "api/testing/test_server.hpp"
#include "base/result.hpp"
#include "base/testing/temporary_directory.hpp"

namespace davylamp::api::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class ControlSocketTest : public ::testing::Test {
 protected:
  ControlSocketTest() { path_ = folder_ / "control.sock"; }
  ServerOptions options() const {
    ServerOptions options;
    options.control_socket = path_;
    return options;
  }
  std::string failure() const {
    try {
      TestServer server(options());
    } catch (const base::Failure& failure) {
      return failure.what();
    }
    return {};
  }
  base::TemporaryDirectory temporary_;
  std::filesystem::path folder_ = temporary_.path();
  std::filesystem::path path_;
};

}  // namespace

TEST(LocalAccount, IsForRootAndTheOwnUserAlone) {
  EXPECT_EQ(local_account(0, 1'234'567), "local:root");
  EXPECT_EQ(local_account(1'234'567, 1'234'567), "local:1234567");
  EXPECT_EQ(local_account(1'234'568, 1'234'567), std::nullopt);
  EXPECT_EQ(local_account(1'234'567, 0), std::nullopt);
}

TEST_F(ControlSocketTest, ServesTheSameAsTheNetworkAndNamesTheCaller) {
  TestServer server(options());
  Client client(path_);
  const auto answer = client.ask(get("/api/a"));
  EXPECT_EQ(status_of(answer), 200U);
  EXPECT_THAT(answer, HasSubstr("\"who\":\"" + *local_account(::geteuid(), ::geteuid()) + "\""));
  EXPECT_EQ(status_of(client.ask(get("/api/b"))), 200U);
  Client network(server.port());
  EXPECT_THAT(network.ask(get("/api/a")), ::testing::Not(HasSubstr("\"who\"")));
}

TEST_F(ControlSocketTest, DoesNotAskForTheNamesOfBrowsers) {
  TestServer server(options());
  const std::string strange =
      "POST /api/a HTTP/1.1\r\nHost: nowhere.example\r\nOrigin: http://evil.example\r\n"
      "Content-Length: 0\r\n\r\n";
  EXPECT_EQ(status_of(Client(path_).ask(strange)), 200U);
  EXPECT_EQ(status_of(Client(path_).ask("GET /api/a HTTP/1.1\r\n\r\n")), 200U);
  EXPECT_EQ(status_of(Client(server.port()).ask(strange)), 421U);
}

TEST_F(ControlSocketTest, CarriesTheLiveStream) {
  TestServer server(options());
  Client client(path_);
  client.send(get("/api/live",
                  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
  EXPECT_THAT(client.response(), StartsWith("HTTP/1.1 101 "));
  EXPECT_EQ(client.read(7), std::string("\x81\x05hello"));
}

TEST_F(ControlSocketTest, IsThereForItsOwnerAloneAndGoesWithTheServer) {
  {
    TestServer server(options());
    struct stat found{};
    ASSERT_EQ(::stat(path_.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777U, 0600U);
    EXPECT_TRUE(server.stop());
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(ControlSocketTest, ReplacesWhatAKilledDaemonLeft) {
  const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.string().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(left);
  TestServer server(options());
  EXPECT_EQ(status_of(Client(path_).ask(get("/api/a"))), 200U);
}

TEST_F(ControlSocketTest, DoesNotPushAnotherDaemonAside) {
  TestServer server(options());
  EXPECT_THAT(failure(), HasSubstr("another davylampd answers there"));
  EXPECT_EQ(status_of(Client(path_).ask(get("/api/a"))), 200U);
}

TEST_F(ControlSocketTest, LeavesOtherFilesAlone) {
  std::ofstream(path_) << "precious";
  EXPECT_THAT(failure(), HasSubstr("is no socket"));
  EXPECT_TRUE(std::filesystem::is_regular_file(path_));
  path_ = folder_ / std::string(120, 'x');
  EXPECT_THAT(failure(), HasSubstr("at most 107 bytes"));
  path_ = folder_ / "missing" / "control.sock";
  EXPECT_THAT(failure(), HasSubstr("check that the directory is there"));
}

TEST_F(ControlSocketTest, RefusesOtherUsersEvenWhenTheFileLetsThemIn) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  TestServer server(options());
  ::chmod(folder_.c_str(), 0755);
  ::chmod(path_.c_str(), 0666);
  // The kernel notes the user who connects: from a process of its own, so that this one stays root.
  const auto child = ::fork();
  if (child == 0) {
    if (::setuid(65'534) != 0) ::_exit(1);
    ::_exit(status_of(Client(path_).ask(get("/api/a"))) == 403 ? 42 : 2);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 42);
}

}  // namespace davylamp::api::testing
