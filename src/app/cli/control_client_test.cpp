#include "app/cli/control_client.hpp"
#include "base/testing/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace davylamp::app {
namespace {

using testing::HasSubstr;

TEST(ControlAnswers, ABodyHasItsLengthOrChunks) {
  const auto plain = parse_answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}rest");
  EXPECT_EQ(plain->status, 200U);
  EXPECT_EQ(plain->body, "{}");
  EXPECT_EQ(parse_answer("HTTP/1.1 204 No Content\r\n\r\n")->body, "");
  EXPECT_EQ(
      parse_answer("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n")
          ->body,
      "{\"a\":1}");
}

TEST(ControlAnswers, WhatIsNoAnswerIsAnError) {
  EXPECT_THAT(parse_answer("").error().message, HasSubstr("cut short"));
  EXPECT_THAT(parse_answer("SSH-2.0-x\r\n\r\n").error().message, HasSubstr("does not speak HTTP"));
  EXPECT_THAT(parse_answer("HTTP/1.1 2x0 OK\r\n\r\n").error().code, "bad_answer");
  EXPECT_THAT(parse_answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}").error().message, HasSubstr("cut short"));
  EXPECT_FALSE(parse_answer("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}"));
  EXPECT_FALSE(parse_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx"));
  EXPECT_FALSE(parse_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"));
}

// A listening socket in a folder of its own.
class ControlSocket : public testing::Test {
 protected:
  ControlSocket() { path_ = folder_ + "/control.sock"; }
  ~ControlSocket() override {
    if (listener_ >= 0) close(listener_);
  }
  void listen_there() {
    listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path_, address.sun_path);
    ASSERT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(listen(listener_, 4), 0);
  }
  // Reads until a blank line or the whole body is there, and answers.
  std::string answer_one(const std::string& answer, std::string_view ends_with) const {
    const int caller = accept(listener_, nullptr, nullptr);
    std::string asked;
    std::array<char, 4096> part{};
    while (!asked.ends_with(ends_with)) {
      const auto count = recv(caller, part.data(), part.size(), 0);
      if (count <= 0) break;
      asked.append(part.data(), static_cast<std::size_t>(count));
    }
    send(caller, answer.data(), answer.size(), MSG_NOSIGNAL);
    close(caller);
    return asked;
  }
  base::TemporaryDirectory temporary_;
  std::string folder_ = temporary_.path();
  std::string path_;
  int listener_ = -1;
};

TEST_F(ControlSocket, AsksAndHearsTheAnswer) {
  listen_there();
  std::string asked;
  std::thread server([&] { asked = answer_one("HTTP/1.1 201 Created\r\nContent-Length: 8\r\n\r\n{\"id\":1}", "{}"); });
  const auto answer = ask_daemon(path_, {"POST", "/api/v1/limits", "{}"});
  server.join();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 201U);
  EXPECT_EQ(answer->body, "{\"id\":1}");
  EXPECT_THAT(asked, HasSubstr("POST /api/v1/limits HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"));
  EXPECT_THAT(asked, HasSubstr("Content-Length: 2\r\n"));
}

TEST_F(ControlSocket, WithoutADaemonItSaysWhatToDo) {
  EXPECT_THAT(ask_daemon(path_, {}).error().message, HasSubstr("is davylampd running"));
  listen_there();
  close(listener_);
  listener_ = -1;
  const auto refused = ask_daemon(path_, {});
  EXPECT_EQ(refused.error().code, "no_daemon");
  EXPECT_THAT(refused.error().message, HasSubstr(path_));
  EXPECT_EQ(ask_daemon("/" + std::string(200, 'x'), {}).error().code, "no_daemon");
}

TEST_F(ControlSocket, ADaemonThatSaysNothingIsNotWaitedForLong) {
  listen_there();
  const auto answer = ask_daemon(path_, {"GET", "/", ""}, std::chrono::milliseconds{20});
  EXPECT_THAT(answer.error().message, HasSubstr("took too long"));
}

}  // namespace
}  // namespace davylamp::app
