// Who may ask, through whom, and what a browser elsewhere may see: over real sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "api/testing/test_server.hpp"
#include "base/testing/temporary_directory.hpp"

namespace davylamp::api::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

model::Network network(std::string_view text) {
  return base::value_or_throw(model::Network::parse(text));
}

ServerOptions behind_proxy() {
  ServerOptions options;
  options.trusted_proxies = {network("127.0.0.0/8")};
  return options;
}

constexpr std::string_view forwarded =
    "X-Forwarded-For: 203.0.113.66, 192.0.2.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: vpn.example.org\r\n";

std::string post(std::string_view headers) {
  return "POST /api/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n" + std::string(headers) + "\r\n{}";
}

std::string preflight(std::string_view origin, std::string_view method) {
  return "OPTIONS /api/a HTTP/1.1\r\nHost: localhost\r\nOrigin: " + std::string(origin) +
         "\r\nAccess-Control-Request-Method: " + std::string(method) + "\r\n\r\n";
}

}  // namespace

TEST(ServerFront, BelievesATrustedProxy) {
  TestServer server(behind_proxy());
  Client client(server.port());
  const auto answer = client.ask(get("/api/a", forwarded));
  EXPECT_THAT(body_of(answer), HasSubstr(R"("from":"192.0.2.1")"));
  EXPECT_THAT(body_of(answer), HasSubstr(R"("secure":"yes")"));
  EXPECT_NE(header_of(answer, "Strict-Transport-Security"), "");
  ASSERT_TRUE(server.reaches([&](const ServerStats&) { return !server.log.records().empty(); }));
  EXPECT_EQ(server.log.records().back().remote_address.to_string(), "192.0.2.1");
}

TEST(ServerFront, BelievesNobodyElse) {
  TestServer server;
  Client client(server.port());
  const auto answer = client.ask(get("/api/a", forwarded));
  EXPECT_THAT(body_of(answer), HasSubstr(R"("from":"127.0.0.1")"));
  EXPECT_THAT(body_of(answer), HasSubstr(R"("secure":"no")"));
  EXPECT_EQ(header_of(answer, "Strict-Transport-Security"), "");
}

TEST(ServerFront, ComparesAnOriginWithTheNameThatTheBrowserAskedFor) {
  TestServer server(behind_proxy());
  const auto status = [&](std::string_view origin) {
    Client client(server.port());
    return status_of(client.ask(post(std::string(forwarded) + "Origin: " + std::string(origin) + "\r\n")));
  };
  EXPECT_EQ(status("https://vpn.example.org"), 200U);
  EXPECT_EQ(status("https://evil.example"), 403U);
  EXPECT_EQ(status("http://localhost"), 403U) << "the name between the proxy and here";
}

TEST(ServerFront, AProxysWordThatContradictsItselfIsRefused) {
  TestServer server(behind_proxy());
  Client client(server.port());
  EXPECT_EQ(status_of(client.ask(get("/api/a", "X-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.2\r\n"))), 400U);
}

TEST(ServerFront, AProxysConnectionsAreNotLimitedLikeAnAddresss) {
  auto options = behind_proxy();
  options.limits.connections_per_address = 2;
  TestServer server(std::move(options));
  std::vector<Client> clients;
  for (int i = 0; i < 10; ++i) clients.emplace_back(server.port());
  for (auto& client : clients) EXPECT_EQ(status_of(client.ask(get("/api/a"))), 200U);
}

TEST(ServerFront, BehindAProxyTheLiveStreamsOfOneClientAreLimited) {
  auto options = behind_proxy();
  options.limits.connections_per_address = 2;
  TestServer server(std::move(options));
  const auto watch = [](Client& client, std::string_view address) {
    return status_of(client.ask(get("/api/live",
                                    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"
                                    "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Forwarded-For: " +
                                        std::string(address) + "\r\n")));
  };
  std::vector<Client> clients;
  for (int i = 0; i < 4; ++i) clients.emplace_back(server.port());
  EXPECT_EQ(watch(clients[0], "192.0.2.1"), 101U);
  EXPECT_EQ(watch(clients[1], "192.0.2.1"), 101U);
  EXPECT_EQ(watch(clients[2], "192.0.2.1"), 503U);
  EXPECT_EQ(watch(clients[3], "192.0.2.2"), 101U);
  EXPECT_EQ(server.stats().refused_by_address, 1U);
  clients.clear();
  ASSERT_TRUE(server.reaches([](const ServerStats& stats) { return stats.connections_now == 0; }));
  Client after(server.port());
  EXPECT_EQ(watch(after, "192.0.2.1"), 101U);
}

TEST(ServerFront, AProxyOnThisHostComesByAUnixSocket) {
  const base::TemporaryDirectory folder;
  ServerOptions options;
  options.proxy_socket = folder.path() + "/proxy.sock";
  TestServer server(std::move(options));
  const auto mode = std::filesystem::status(folder.path() + "/proxy.sock").permissions();
  EXPECT_EQ(static_cast<unsigned>(mode), 0660U);
  Client client(std::filesystem::path(folder.path() + "/proxy.sock"));
  EXPECT_THAT(client.ask(get("/api/a", forwarded)), HasSubstr(R"("from":"192.0.2.1")"));
  EXPECT_THAT(client.ask(get("/api/a")), HasSubstr(R"("from":"127.0.0.1")"));
  Client direct(server.port());
  EXPECT_THAT(direct.ask(get("/api/a", forwarded)), HasSubstr(R"("from":"127.0.0.1")"));
  EXPECT_TRUE(server.stop());
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/proxy.sock"));
}

TEST(ServerFront, TheAllowListComesBeforeEverythingElse) {
  auto options = behind_proxy();
  options.allow = {network("192.0.2.0/24")};
  TestServer server(std::move(options));
  const auto ask = [&](std::string_view target, std::string_view address) {
    Client client(server.port());
    return status_of(client.ask(get(target, "X-Forwarded-For: " + std::string(address) + "\r\n")));
  };
  EXPECT_EQ(ask("/api/a", "192.0.2.1"), 200U);
  EXPECT_EQ(ask("/api/a", "198.51.100.1"), 403U);
  EXPECT_EQ(ask("/", "198.51.100.1"), 403U);
  EXPECT_EQ(ask("/%2e%2e/", "198.51.100.1"), 403U) << "before the target is looked at";
  EXPECT_EQ(ask("/api/v1/health", "198.51.100.1"), 403U);
  EXPECT_EQ(server.stats().refused_by_allow, 4U);
}

TEST(ServerFront, TheControlSocketIsOpenWhateverTheAllowListSays) {
  const base::TemporaryDirectory folder;
  ServerOptions options;
  options.allow = {network("192.0.2.0/24")};
  options.control_socket = folder.path() + "/control.sock";
  TestServer server(std::move(options));
  Client local(std::filesystem::path(folder.path() + "/control.sock"));
  EXPECT_EQ(status_of(local.ask(get("/api/a"))), 200U);
}

TEST(ServerFront, OnlyListedOriginsMayReadAndNobodyMayWrite) {
  ServerOptions options;
  options.cors_origins = {"https://status.example.org"};
  TestServer server(std::move(options));
  const auto ask = [&](const std::string& request) {
    Client client(server.port());
    return client.ask(request);
  };
  const auto listed = ask(get("/api/a", "Origin: https://status.example.org\r\n"));
  EXPECT_EQ(header_of(listed, "Access-Control-Allow-Origin"), "https://status.example.org");
  EXPECT_EQ(header_of(listed, "Access-Control-Allow-Credentials"), "true");
  EXPECT_THAT(listed, HasSubstr("Vary: Origin"));
  const auto foreign = ask(get("/api/a", "Origin: https://status.example.org.evil.example\r\n"));
  EXPECT_THAT(foreign, Not(HasSubstr("Access-Control")));
  EXPECT_THAT(foreign, HasSubstr("Vary: Origin"));
  EXPECT_THAT(ask(get("/", "Origin: https://status.example.org\r\n")), Not(HasSubstr("Access-Control")));
  const auto reading = ask(preflight("https://status.example.org", "GET"));
  EXPECT_EQ(status_of(reading), 204U);
  EXPECT_EQ(header_of(reading, "Access-Control-Allow-Methods"), "GET, HEAD");
  EXPECT_THAT(ask(preflight("https://status.example.org", "DELETE")), Not(HasSubstr("Access-Control-Allow-Methods")));
  EXPECT_THAT(ask(preflight("https://evil.example", "GET")), Not(HasSubstr("Access-Control")));
  EXPECT_EQ(status_of(ask(post("Origin: https://status.example.org\r\n"))), 403U);
}

TEST(ServerFront, WithoutAListNothingIsSaidOfOrigins) {
  TestServer server;
  Client client(server.port());
  EXPECT_THAT(client.ask(get("/api/a", "Origin: https://status.example.org\r\n")), Not(HasSubstr("Access-Control")));
}

TEST(ServerFront, BelowABasePathPageAndApiAreTheSame) {
  const base::TemporaryDirectory root;
  std::ofstream(root.path() + "/index.html") << "<html><head><base href=\"/\" /><title>t</title></head></html>";
  ServerOptions options;
  options.base_path = "/ops/davylamp";
  options.web_root = root.path();
  TestServer server(std::move(options));
  Client client(server.port());
  EXPECT_THAT(body_of(client.ask(get("/ops/davylamp/api/a"))), HasSubstr(R"("path":"/api/a")"));
  EXPECT_THAT(body_of(client.ask(get("/api/a"))), HasSubstr(R"("path":"/api/a")")) << "the proxy took it away";
  EXPECT_THAT(body_of(client.ask(get("/ops/davylamp/users/mira"))),
              HasSubstr("<head><base href=\"/ops/davylamp/\"><title>"));
  const auto redirect = client.ask(get("/ops/davylamp"));
  EXPECT_EQ(status_of(redirect), 308U);
  EXPECT_EQ(header_of(redirect, "Location"), "/ops/davylamp/");
  EXPECT_THAT(header_of(client.ask(get("/")), "Content-Security-Policy"), HasSubstr("base-uri 'self'"));
}

}  // namespace davylamp::api::testing
