#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "api/testing/test_server.hpp"

namespace davylamp::api::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string upgrade(std::string_view target, std::string_view headers = "") {
  return get(target,
             "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                 std::string(headers));
}

enum Opcode : unsigned char { text = 1, binary = 2, closing = 8, ping = 9, pong = 10 };

// A client's frame (RFC 6455, 5.2), masked with zeros.
std::string frame(Opcode opcode, std::string_view payload) {
  std::string out;
  out += static_cast<char>(0x80 | opcode);
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(payload.size() >> 8U);
    out += static_cast<char>(payload.size() & 0xffU);
  }
  return out.append(4, '\0').append(payload);
}

// The next frame from the server as "<opcode>:<payload>".
std::string next_frame(Client& client) {
  const auto head = client.read(2);
  if (head.size() < 2) return "closed";
  const auto length = static_cast<unsigned char>(head[1]);
  return std::to_string(static_cast<unsigned char>(head[0]) & 15U) + ":" + client.read(length);
}

std::string close_frame(unsigned code) {
  return "8:" + std::string{static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
}

}  // namespace

TEST(LiveStreamTest, CarriesTextBothWaysAndClosesPolitely) {
  TestServer server;
  Client client(server.port());
  const auto answer =
      client.ask(upgrade("/api/live", "Origin: http://localhost\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"));
  EXPECT_EQ(status_of(answer), 101U);
  EXPECT_EQ(header_of(answer, "Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(header_of(answer, "Sec-WebSocket-Extensions"), "");
  EXPECT_THAT(answer, Not(HasSubstr("Beast")));
  EXPECT_EQ(next_frame(client), "1:hello");
  client.send(frame(text, "snapshot"));
  EXPECT_EQ(next_frame(client), "1:snapshot");
  client.send(frame(ping, "p"));
  EXPECT_EQ(next_frame(client), "10:p");
  client.send(frame(closing, "\x03\xe8"));
  EXPECT_EQ(next_frame(client), close_frame(1000));
  client.finish_sending();
  EXPECT_TRUE(server.reaches([](const ServerStats& stats) { return stats.connections_now == 0; }));
  EXPECT_EQ(server.service.open_streams, 0);
}

TEST(LiveStreamTest, EndsWhenTheServiceEndsIt) {
  TestServer server;
  Client client(server.port());
  EXPECT_EQ(status_of(client.ask(upgrade("/api/closed"))), 101U);
  EXPECT_EQ(next_frame(client), close_frame(1000));
}

TEST(LiveStreamTest, RefusesForeignPagesAndWhatTheServiceRefuses) {
  TestServer server;
  Client foreign(server.port());
  EXPECT_EQ(status_of(foreign.ask(upgrade("/api/live", "Origin: http://evil.example\r\n"))), 403U);
  Client stranger(server.port());
  EXPECT_EQ(status_of(stranger.ask(upgrade("/api/other"))), 401U);
  EXPECT_EQ(status_of(stranger.ask(upgrade("/api/throw"))), 500U);
  EXPECT_EQ(status_of(stranger.ask(get("/api/a"))), 200U);
  EXPECT_EQ(server.service.open_streams, 0);
}

TEST(LiveStreamTest, RefusesLargeAndBinaryMessagesAndDoesNotWaitLongForTheViewerToLeave) {
  ServerOptions options;
  options.limits.handshake = std::chrono::milliseconds(300);
  TestServer server(options);
  Client large(server.port());
  large.ask(upgrade("/api/live"));
  large.send(frame(text, std::string(4097, 'x')));
  EXPECT_EQ(next_frame(large), "1:hello");
  EXPECT_EQ(next_frame(large), close_frame(1009));
  Client bytes(server.port());
  bytes.ask(upgrade("/api/live"));
  bytes.send(frame(binary, "x"));
  EXPECT_EQ(next_frame(bytes), "1:hello");
  EXPECT_EQ(next_frame(bytes), close_frame(1003));
  EXPECT_TRUE(server.reaches([](const ServerStats& stats) { return stats.live_streams_now == 0; }));
}

TEST(LiveStreamTest, PingsASilentViewerAndDropsItWithoutAnAnswer) {
  ServerOptions options;
  options.limits.idle = std::chrono::milliseconds(400);
  TestServer server(options);
  // On a machine that stands still a viewer may be dropped before it has asked: then another one tries.
  std::optional<Client> client;
  std::uint64_t dropped = 0;
  unsigned status = 0;
  for (int tries = 0; tries < 50 && status == 0; ++tries) {
    dropped = server.stats().timeouts;
    client.emplace(server.port());
    status = status_of(client->ask(upgrade("/api/live")));
  }
  EXPECT_EQ(next_frame(*client), "1:hello");
  EXPECT_EQ(next_frame(*client).substr(0, 2), "9:");
  EXPECT_EQ(client->rest(), "");
  EXPECT_TRUE(server.reaches(
      [dropped](const ServerStats& stats) { return stats.live_streams_now == 0 && stats.timeouts == dropped + 1; }));
}

TEST(LiveStreamTest, SurvivesGarbageAndAVanishedViewer) {
  TestServer server;
  {
    Client garbage(server.port());
    garbage.ask(upgrade("/api/live"));
    garbage.send(std::string(64, '\xff'));
    garbage.rest();
    Client vanished(server.port());
    vanished.ask(upgrade("/api/live"));
  }
  EXPECT_TRUE(server.reaches([](const ServerStats& stats) { return stats.connections_now == 0; }));
  EXPECT_EQ(server.service.open_streams, 0);
  EXPECT_TRUE(server.log.failures().empty());
}

TEST(LiveStreamTest, StopsWithTheServer) {
  TestServer server;
  Client client(server.port());
  client.ask(upgrade("/api/live"));
  EXPECT_EQ(next_frame(client), "1:hello");
  EXPECT_TRUE(server.stop());
  EXPECT_EQ(server.service.open_streams, 0);
  EXPECT_TRUE(server.log.failures().empty());
}

}  // namespace davylamp::api::testing
