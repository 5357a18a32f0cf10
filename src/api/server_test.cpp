#include "api/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/compression.hpp"
#include "api/testing/test_server.hpp"
#include "base/result.hpp"

namespace davylamp::api::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string post(std::string_view target, std::string_view body, std::string_view headers = "") {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace

TEST(ServerTest, AnswersRequestAfterRequestOnOneConnection) {
  TestServer server;
  Client client(server.port());
  EXPECT_THAT(client.ask(get("/api/a?q=1", "Cookie: davylamp_access=abc\r\n")),
              HasSubstr(R"({"body":"","cookie":"abc","from":"127.0.0.1","path":"/api/a","q":"1","secure":"no"})"));
  EXPECT_THAT(client.ask(post("/api/b", "{\"x\":1}")), HasSubstr(R"("body":"{\"x\":1}")"));
  EXPECT_EQ(server.stats().connections, 1U);
  EXPECT_EQ(server.stats().requests, 2U);
}

TEST(ServerTest, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  Client client(server.port());
  client.send(get("/api/1") + post("/api/2", "two") + get("/api/3"));
  EXPECT_THAT(client.response(), HasSubstr("\"path\":\"/api/1\""));
  EXPECT_THAT(client.response(), HasSubstr("\"body\":\"two\""));
  EXPECT_THAT(client.response(), HasSubstr("\"path\":\"/api/3\""));
}

TEST(ServerTest, ReadsChunkedBodiesAndSaysContinue) {
  TestServer server;
  Client client(server.port());
  client.send("POST /api/a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(client.response(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_THAT(client.response(), HasSubstr("\"body\":\"abcde\""));
}

TEST(ServerTest, ClosesWhenAskedTo) {
  TestServer server;
  Client client(server.port());
  client.send(get("/api/a", "Connection: close\r\n"));
  const auto answer = client.rest();
  EXPECT_EQ(status_of(answer), 200U);
  EXPECT_EQ(header_of(answer, "Connection"), "close");
}

TEST(ServerTest, SetsTheHeadersOfEveryResponse) {
  TestServer server;
  Client client(server.port());
  for (const auto* target : {"/api/a", "/", "/missing.js", "/api/throw"}) {
    const auto answer = client.ask(get(target));
    EXPECT_THAT(header_of(answer, "Content-Security-Policy"), HasSubstr("frame-ancestors 'none'")) << target;
    EXPECT_EQ(header_of(answer, "X-Content-Type-Options"), "nosniff") << target;
    EXPECT_EQ(header_of(answer, "Server"), "") << target;
    EXPECT_THAT(header_of(answer, "Date"), HasSubstr("2026")) << target;
  }
}

TEST(ServerTest, AnswersHeadWithoutABodyAndGoesOn) {
  TestServer server;
  Client client(server.port());
  client.send("HEAD /api/large HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/api/a"));
  EXPECT_EQ(header_of(client.response(true), "Content-Length"), "4000");
  EXPECT_EQ(status_of(client.response()), 200U);
}

TEST(ServerTest, CompressesAndAnswersNotModified) {
  TestServer server;
  Client client(server.port());
  const auto first = client.ask(get("/api/large", "Accept-Encoding: gzip, br\r\n"));
  EXPECT_EQ(header_of(first, "Content-Encoding"), "gzip");
  EXPECT_EQ(gunzip(body_of(first)).size(), 4000U);
  const auto etag = header_of(first, "ETag");
  EXPECT_EQ(status_of(client.ask(get("/api/large", "If-None-Match: " + etag + "\r\n"))), 304U);
}

TEST(ServerTest, ServesThePageForItsRoutesAndRefusesToChangeIt) {
  TestServer server;
  Client client(server.port());
  EXPECT_THAT(client.ask(get("/sessions/17")), HasSubstr("its page is not built"));
  EXPECT_EQ(status_of(client.ask(get("/assets/../../etc/passwd"))), 400U);
  Client second(server.port());
  const auto answer = second.ask(post("/sessions", "x"));
  EXPECT_EQ(status_of(answer), 405U);
  EXPECT_EQ(header_of(answer, "Allow"), "GET, HEAD");
}

TEST(ServerTest, HidesWhatBrokeInsideAndLogsItOnceUnderTheRequestsId) {
  TestServer server;
  Client client(server.port());
  const auto answer = client.ask(get("/api/throw"));
  EXPECT_EQ(status_of(answer), 500U);
  EXPECT_THAT(answer, Not(HasSubstr("inner matter")));
  ASSERT_EQ(server.log.failures().size(), 1U);
  const auto failure = server.log.failures().front();
  ASSERT_THAT(failure, StartsWith("GET /api/throw "));
  EXPECT_THAT(failure, HasSubstr(": inner matter"));
  EXPECT_THAT(body_of(answer), HasSubstr("\"request_id\":\"" + failure.substr(15, 8) + "\""));
  EXPECT_EQ(status_of(client.ask(get("/api/a"))), 200U);
}

TEST(ServerTest, TellsTheLogOfEachAnswer) {
  TestServer server;
  Client client(server.port());
  client.ask("BREW /api/pot HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(server.reaches([&](const ServerStats&) { return server.log.records().size() == 1; }));
  const auto record = server.log.records().front();
  EXPECT_EQ(record.method, "BREW");
  EXPECT_EQ(record.path, "/api/pot");
  EXPECT_EQ(record.status, 200U);
  EXPECT_GT(record.body_bytes, 0U);
}

TEST(ServerTest, RefusesHostsThatAreNotOfThisMachine) {
  TestServer server;
  Client client(server.port());
  const auto answer = client.ask("GET /api/a HTTP/1.1\r\nHost: rebound.example\r\n\r\n");
  EXPECT_EQ(status_of(answer), 421U);
  EXPECT_EQ(header_of(answer, "Content-Type"), "application/problem+json");
  EXPECT_THAT(body_of(answer), HasSubstr("http.host_names"));
  for (const auto* hosts : {"", "Host: localhost\r\nHost: localhost\r\n"}) {
    Client other(server.port());
    EXPECT_EQ(status_of(other.ask("GET /api/a HTTP/1.1\r\n" + std::string(hosts) + "\r\n")), 400U);
  }
}

TEST(ServerTest, TakesAConfiguredHostName) {
  ServerOptions options;
  options.host_names = {"monitor.example"};
  TestServer server(options);
  Client client(server.port());
  EXPECT_EQ(status_of(client.ask("GET /api/a HTTP/1.1\r\nHost: monitor.example:80\r\n\r\n")), 200U);
}

TEST(ServerTest, RefusesChangesFromPagesOfOtherSites) {
  TestServer server;
  Client client(server.port());
  EXPECT_EQ(status_of(client.ask(get("/api/a", "Origin: http://evil.example\r\n"))), 200U);
  EXPECT_EQ(status_of(client.ask(post("/api/a", "x", "Origin: http://localhost\r\n"))), 200U);
  EXPECT_EQ(status_of(client.ask(post("/api/a", "x", "Origin: http://evil.example\r\n"))), 403U);
}

TEST(ServerTest, NamesTheAddressThatItCannotListenOn) {
  TestServer first;
  boost::asio::io_context loop;
  EchoService service;
  RecordingLog log;
  const auto failure_of = [&](const std::string& address, std::uint16_t port) -> std::string {
    ServerOptions options;
    options.address = address;
    options.port = port;
    try {
      const Server server(loop.get_executor(), options, service, log);
    } catch (const base::Failure& failure) {
      return failure.what();
    }
    return "";
  };
  EXPECT_THAT(failure_of("127.0.0.1", first.port()), HasSubstr("another program uses the port"));
  EXPECT_THAT(failure_of("192.0.2.1", 8080), HasSubstr("cannot listen on 192.0.2.1:8080"));
  EXPECT_THAT(failure_of("localhost", 8080), HasSubstr("it is not an IP address"));
}

TEST(ServerTest, StopsWhileRequestsAreWaiting) {
  TestServer server;
  Client idle(server.port());
  Client waiting(server.port());
  waiting.send(get("/api/wait"));
  ASSERT_TRUE(
      server.reaches([](const ServerStats& stats) { return stats.requests == 1 && stats.connections_now == 2; }));
  EXPECT_TRUE(server.stop());
  EXPECT_EQ(idle.rest(), "");
  EXPECT_EQ(waiting.rest(), "");
  EXPECT_TRUE(server.log.failures().empty());
}

}  // namespace davylamp::api::testing
