// How the HTTP server treats the paths where agents report.
#include <gtest/gtest.h>

#include "api/testing/test_server.hpp"

namespace davylamp::api::testing {
namespace {

std::string post(std::string_view path, const std::string& body, std::string_view host = "localhost") {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: " + std::string(host) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

TEST(ReportTransport, AReportMayBeLargerThanOtherBodies) {
  TestServer server;
  const std::string body(200'000, 'x');
  EXPECT_EQ(status_of(Client(server.port()).ask(post("/api/v1/keepalive", body))), 200U);
  EXPECT_EQ(status_of(Client(server.port()).ask(post("/api/v1/limits", body))), 413U);
  const std::string head = "POST /api/v1/keepalive HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n";
  EXPECT_EQ(status_of(Client(server.port()).ask(head + std::string(1'000, 'x'))), 413U);
  const std::string chunked = "POST /api/v1/limits HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  Client client(server.port());
  client.send(chunked);
  EXPECT_EQ(status_of(client.ask("11170\r\n" + std::string(70'000, 'x') + "\r\n0\r\n\r\n")), 413U);
}

TEST(ReportTransport, ABodyThatDoesNotComeIsAnswered) {
  ServerOptions options;
  options.limits.body = std::chrono::milliseconds(100);
  TestServer server(options);
  Client client(server.port());
  const auto answer = client.ask("POST /api/v1/keepalive HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{");
  EXPECT_EQ(status_of(answer), 408U);
  EXPECT_EQ(header_of(answer, "Content-Type"), "application/problem+json");
  EXPECT_EQ(header_of(answer, "Connection"), "close");
}

TEST(ReportTransport, AgentsReachTheHubByAnyName) {
  TestServer server;
  EXPECT_EQ(status_of(Client(server.port()).ask(post("/api/v1/keepalive", "{}", "vpn-sentinel-server:5000"))), 200U);
  EXPECT_EQ(status_of(Client(server.port()).ask(post("/api/v1/limits", "{}", "vpn-sentinel-server:5000"))), 421U);
}

TEST(ReportTransport, AKeyInAPathStaysOutOfTheLog) {
  TestServer server;
  EXPECT_EQ(status_of(Client(server.port()).ask(get("/ping/sesame/start"))), 200U);
  ASSERT_TRUE(server.reaches([](const ServerStats& stats) { return stats.requests == 1; }));
  ASSERT_TRUE(server.stop());
  for (const auto& record : server.log.records()) EXPECT_EQ(record.path, "/ping/KEY/start");
  EXPECT_EQ(server.log.records().size(), 1U);
}

}  // namespace davylamp::api::testing
