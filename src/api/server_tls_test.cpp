#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <fstream>

#include "api/testing/test_server.hpp"
#include "base/result.hpp"
#include "base/testing/temporary_directory.hpp"
#include "io/certificate.hpp"

namespace davylamp::api::testing {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using ::testing::HasSubstr;

class ServerTlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    certificate_ = io::make_self_signed(directory_, {}, base::from_unix_seconds(::time(nullptr)));
  }

  ServerOptions options() const {
    ServerOptions options;
    options.tls = TlsFiles{certificate_.certificate_path, certificate_.key_path};
    return options;
  }

  // One request over TLS of `version`, the certificate verified for localhost; the response's head and what came with
  // it.
  std::string ask(const TestServer& server, ssl::context::method version, const std::string& request) const {
    ssl::context context(version);
    context.load_verify_file(certificate_.certificate_path.string());
    context.set_verify_mode(ssl::verify_peer);
    asio::io_context loop;
    ssl::stream<asio::ip::tcp::socket> stream(loop, context);
    stream.set_verify_callback(ssl::host_name_verification("localhost"));
    stream.lowest_layer().connect({asio::ip::address_v4::loopback(), server.port()});
    stream.handshake(ssl::stream_base::client);
    asio::write(stream, asio::buffer(request));
    std::string answer;
    asio::read_until(stream, asio::dynamic_buffer(answer), "\r\n\r\n");
    if (request.find("Connection: close") != std::string::npos) {
      boost::system::error_code end;
      asio::read(stream, asio::dynamic_buffer(answer), end);
    }
    if (answer.starts_with("HTTP/1.1 101"))
      asio::read(stream, asio::dynamic_buffer(answer), asio::transfer_at_least(7));
    return answer;
  }

  base::TemporaryDirectory temporary_;
  std::filesystem::path directory_ = temporary_.path();
  io::Certificate certificate_;
};

}  // namespace

TEST_F(ServerTlsTest, AnswersOverTls12And13WithStrictTransportSecurity) {
  TestServer server(options());
  for (const auto version : {ssl::context::tlsv12_client, ssl::context::tlsv13_client}) {
    const auto answer = ask(server, version, get("/api/a"));
    EXPECT_EQ(status_of(answer), 200U);
    EXPECT_THAT(header_of(answer, "Strict-Transport-Security"), HasSubstr("max-age="));
  }
}

TEST_F(ServerTlsTest, CarriesWhatNeedsManyRecords) {
  std::ofstream(directory_ / "index.html") << std::string(800'000, 'x');
  auto wanted = options();
  wanted.web_root = directory_;
  TestServer server(wanted);
  const auto answer = ask(server, ssl::context::tls_client, get("/", "Connection: close\r\n"));
  EXPECT_EQ(status_of(answer), 200U);
  EXPECT_GT(answer.size(), 800'000U);
}

TEST_F(ServerTlsTest, CarriesLiveStreams) {
  TestServer server(options());
  const auto answer = ask(server, ssl::context::tls_client,
                          get("/api/live",
                              "Origin: https://localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
  EXPECT_EQ(status_of(answer), 101U);
  EXPECT_THAT(answer, HasSubstr("hello"));
  EXPECT_TRUE(server.reaches([](const ServerStats& stats) { return stats.connections_now == 0; }));
}

TEST_F(ServerTlsTest, RefusesOldTls) {
  TestServer server(options());
  EXPECT_THROW(ask(server, ssl::context::tlsv11_client, get("/api/a")), boost::system::system_error);
  EXPECT_TRUE(server.reaches([](const ServerStats& stats) { return stats.handshake_failures == 1; }));
}

TEST_F(ServerTlsTest, DropsThoseWhoDoNotSpeakTlsOrSayNothing) {
  auto wanted = options();
  wanted.limits.handshake = std::chrono::milliseconds(100);
  TestServer server(wanted);
  Client plain(server.port());
  plain.send(get("/api/a"));
  plain.rest();
  Client silent(server.port());
  EXPECT_EQ(silent.rest(), "");
  EXPECT_TRUE(server.reaches([](const ServerStats& stats) { return stats.handshake_failures == 2; }));
}

TEST_F(ServerTlsTest, NamesTheFileThatDoesNotFit) {
  const auto failure_of = [](const ServerOptions& wanted) -> std::string {
    try {
      const TestServer server(wanted);
    } catch (const base::Failure& failure) {
      return failure.what();
    }
    return "";
  };
  auto missing = options();
  missing.tls->certificate_path = directory_ / "nowhere.pem";
  EXPECT_THAT(failure_of(missing), HasSubstr("nowhere.pem"));
  std::filesystem::create_directory(directory_ / "other");
  auto foreign = options();
  foreign.tls->key_path =
      io::make_self_signed(directory_ / "other", {}, base::from_unix_seconds(::time(nullptr))).key_path;
  EXPECT_THAT(failure_of(foreign), HasSubstr("other/key.pem with the certificate"));
}

}  // namespace davylamp::api::testing
