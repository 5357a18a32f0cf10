#include "app/doctor/probe.hpp"
#include "base/testing/temporary_directory.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string_view>

namespace davylamp::app {
namespace {

constexpr base::Milliseconds patience{300};

// A management socket whose server is the test: the kernel lets a client connect before it is accepted.
class ManagementSocket : public testing::Test {
 protected:
  void SetUp() override {
    path_ = folder_ + "/a.sock";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    server_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(bind(server_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  void TearDown() override {
    if (server_ >= 0) close(server_);
  }
  void stop() { close(std::exchange(server_, -1)); }
  // The answer to a client, given from a child process.
  Probe when_it_says(std::string_view words) {
    listen(server_, 1);
    const auto child = fork();
    if (child == 0) {
      const int client = accept(server_, nullptr, nullptr);
      if (!words.empty() && write(client, words.data(), words.size()) < 0) _exit(1);
      if (words.empty()) _exit(0);
      char byte = 0;
      _exit(read(client, &byte, 1) == 0 ? 0 : 1);
    }
    return probe_management(path_, base::Milliseconds(60'000));
  }
  base::TemporaryDirectory temporary_;
  std::string folder_ = temporary_.path();
  std::string path_;
  int server_ = -1;
};

TEST_F(ManagementSocket, TellsWhatItSays) {
  EXPECT_EQ(when_it_says(">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n"),
            Probe::greets);
}
TEST_F(ManagementSocket, TellsAPasswordPrompt) {
  EXPECT_EQ(when_it_says("ENTER PASSWORD:"), Probe::wants_password);
}
TEST_F(ManagementSocket, TellsAHold) {
  EXPECT_EQ(when_it_says(">INFO:OpenVPN\r\n>HOLD:Waiting for hold release:0\r\n"), Probe::held);
}
TEST_F(ManagementSocket, TellsThatItWasTurnedAway) {
  EXPECT_EQ(when_it_says(""), Probe::turned_away);
}
TEST_F(ManagementSocket, AServerThatServesAnotherIsSilent) {
  listen(server_, 1);
  EXPECT_EQ(probe_management(path_, patience), Probe::silent);
}
TEST_F(ManagementSocket, AStaleSocketAndNone) {
  EXPECT_EQ(look_at_socket(path_), Probe::not_asked);
  stop();
  EXPECT_EQ(probe_management(path_, patience), Probe::nobody_listens);
  EXPECT_EQ(probe_management(folder_ + "/gone.sock", patience), Probe::no_socket);
  EXPECT_EQ(look_at_socket(folder_ + "/gone.sock"), Probe::no_socket);
}
TEST(ManagementProbe, NobodyAtAPort) {
  EXPECT_EQ(probe_management("127.0.0.1:1", patience), Probe::nobody_listens);
  EXPECT_EQ(look_at_socket("127.0.0.1:1"), Probe::not_asked);
}

}  // namespace
}  // namespace davylamp::app
