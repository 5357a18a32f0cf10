#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "api/testing/test_server.hpp"

namespace davylamp::api::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr int most_tries = 50;

ServerOptions with(const ServerLimits& limits) {
  ServerOptions options;
  options.limits = limits;
  return options;
}

}  // namespace

TEST(ServerLimitsTest, RefusesALargeHeader) {
  TestServer server;
  Client client(server.port());
  client.send(get("/api/a", "X-Long: " + std::string(17 * 1024, 'x') + "\r\n"));
  EXPECT_EQ(status_of(client.response()), 431U);
  EXPECT_EQ(client.rest(), "");
  EXPECT_EQ(server.stats().refused_requests, 1U);
}

TEST(ServerLimitsTest, RefusesALargeBodyAndTheCallerGetsToReadWhy) {
  TestServer server;
  Client client(server.port());
  client.send("POST /api/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x'));
  EXPECT_EQ(status_of(client.response()), 413U);
}

TEST(ServerLimitsTest, WhoSendsAllBeforeHeLooksForTheAnswerGetsIt) {
  TestServer server;
  Client client(server.port());
  EXPECT_TRUE(client.send("POST /api/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n" +
                          std::string(10'000'000, 'x')));
  EXPECT_EQ(status_of(client.response()), 413U);
}

TEST(ServerLimitsTest, RefusesALargeChunkedBody) {
  TestServer server;
  Client client(server.port());
  client.send("POST /api/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 5; ++i) client.send("4000\r\n" + std::string(0x4000, 'x') + "\r\n");
  EXPECT_EQ(status_of(client.response()), 413U);
}

TEST(ServerLimitsTest, DropsACallerThatSendsItsHeaderTooSlowly) {
  ServerLimits limits;
  limits.header = milliseconds(100);
  TestServer server(with(limits));
  Client client(server.port());
  client.send("GET /api/a HTTP/1.1\r\nHost: local");
  EXPECT_EQ(client.rest(), "");
  EXPECT_TRUE(
      server.reaches([](const ServerStats& stats) { return stats.timeouts == 1 && stats.connections_now == 0; }));
}

TEST(ServerLimitsTest, DropsACallerThatSendsItsHeaderByteByByte) {
  ServerLimits limits;
  limits.header = milliseconds(150);
  TestServer server(with(limits));
  const Client client(server.port());
  client.send("GET /api/a HTTP/1.1\r\n");
  // Each byte comes in time; the header as a whole does not.
  const auto closed = [&](const ServerStats& stats) {
    client.send("X");
    return stats.timeouts == 1;
  };
  EXPECT_TRUE(server.reaches(closed));
}

TEST(ServerLimitsTest, TellsACallerWhoseBodyDoesNotComeAndDropsIt) {
  ServerLimits limits;
  limits.body = milliseconds(100);
  TestServer server(with(limits));
  Client client(server.port());
  client.send("POST /api/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_EQ(status_of(client.rest()), 408U);
  EXPECT_TRUE(server.reaches([](const ServerStats& stats) { return stats.timeouts == 1; }));
}

TEST(ServerLimitsTest, DropsAnIdleConnection) {
  ServerLimits limits;
  limits.idle = milliseconds(500);
  TestServer server(with(limits));
  // A machine that stands still lets the time pass before the caller has spoken: then another one tries.
  std::optional<Client> client;
  std::uint64_t dropped = 0;
  unsigned status = 0;
  for (int tries = 0; tries < most_tries && status == 0; ++tries) {
    dropped = server.stats().timeouts;
    client.emplace(server.port());
    status = status_of(client->ask(get("/api/a")));
  }
  EXPECT_EQ(status, 200U);
  EXPECT_EQ(client->rest(), "");
  EXPECT_TRUE(server.reaches([dropped](const ServerStats& stats) { return stats.timeouts == dropped + 1; }));
}

TEST(ServerLimitsTest, DoesNotMistakeASlowAnswerForASlowCaller) {
  ServerLimits limits;
  limits.idle = limits.header = limits.body = milliseconds(400);
  TestServer server(with(limits));
  const auto asked_or_dropped = [](const ServerStats& stats) {
    return stats.requests == 1 || stats.connections_now == 0;
  };
  // As above: one who was dropped before it had spoken says nothing.
  std::optional<Client> client;
  for (int tries = 0; tries < most_tries && server.stats().requests == 0; ++tries) {
    client.emplace(server.port());
    client->send(get("/api/wait"));
    ASSERT_TRUE(server.reaches(
        [tries](const ServerStats& stats) { return stats.connections == static_cast<unsigned>(tries) + 1; }));
    ASSERT_TRUE(server.reaches(asked_or_dropped));
  }
  ASSERT_EQ(server.stats().requests, 1U);
  const auto before = server.stats().timeouts;
  std::this_thread::sleep_for(milliseconds(1'000));  // nothing happens, which cannot be waited for
  EXPECT_EQ(server.stats().timeouts, before);
  EXPECT_EQ(server.stats().connections_now, 1U);
}

TEST(ServerLimitsTest, DropsACallerThatSendsItsBodyByteByByte) {
  ServerLimits limits;
  limits.body = milliseconds(150);
  TestServer server(with(limits));
  Client client(server.port());
  client.send("POST /api/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000\r\n\r\n");
  const auto told = [&](const ServerStats& stats) {
    client.send("x");
    return stats.timeouts == 1;
  };
  EXPECT_TRUE(server.reaches(told));
}

TEST(ServerLimitsTest, DropsACallerThatNeverReadsItsAnswer) {
  ServerLimits limits;
  limits.body = milliseconds(300);
  TestServer server(with(limits));
  Client client(server.port());
  client.send(get("/api/huge"));
  EXPECT_TRUE(server.reaches([](const ServerStats& stats) { return stats.slow_readers == 1; }));
  EXPECT_TRUE(server.reaches([](const ServerStats& stats) { return stats.connections_now == 0; }));
  EXPECT_LT(client.rest().size(), 48'000'000U);
}

TEST(ServerLimitsTest, DropsAViewerThatNeverReadsEvenIfItTalks) {
  ServerLimits limits;
  limits.body = milliseconds(300);
  TestServer server(with(limits));
  Client client(server.port());
  client.send(get("/api/flood",
                  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
  const std::string word("\x81\x81\0\0\0\0x", 7);
  const auto dropped = [&](const ServerStats& stats) {
    client.send(word);
    return stats.slow_readers == 1 && stats.live_streams_now == 0;
  };
  EXPECT_TRUE(server.reaches(dropped));
  EXPECT_TRUE(server.reaches([](const ServerStats& stats) { return stats.connections_now == 0; }));
}

TEST(ServerLimitsTest, BoundsTheConnectionsOfOneAddress) {
  TestServer server;
  std::vector<Client> clients;
  for (int i = 0; i < 100; ++i) clients.emplace_back(server.port());
  ASSERT_TRUE(server.reaches([](const ServerStats& stats) { return stats.connections == 100; }));
  EXPECT_EQ(server.stats().connections_now, 64U);
  EXPECT_EQ(server.stats().refused_by_address, 36U);
  EXPECT_EQ(status_of(clients.front().ask(get("/api/a"))), 200U);
  EXPECT_EQ(clients.back().rest(), "");
  clients.clear();
  ASSERT_TRUE(server.reaches([](const ServerStats& stats) { return stats.connections_now == 0; }));
  Client after(server.port());
  EXPECT_EQ(status_of(after.ask(get("/api/a"))), 200U);
}

TEST(ServerLimitsTest, BoundsTheConnectionsOfAll) {
  ServerLimits limits;
  limits.connections_per_address = 1000;
  TestServer server(with(limits));
  std::vector<Client> clients;
  for (int i = 0; i < 600; ++i) clients.emplace_back(server.port());
  ASSERT_TRUE(server.reaches([](const ServerStats& stats) { return stats.connections == 600; }));
  EXPECT_EQ(server.stats().connections_now, 512U);
  EXPECT_EQ(server.stats().refused_by_total, 88U);
  EXPECT_EQ(status_of(clients.front().ask(get("/api/a"))), 200U);
}

}  // namespace davylamp::api::testing
