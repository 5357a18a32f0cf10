#include "io/secure_stream.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <fstream>

#include "base/testing/temporary_directory.hpp"
#include "io/certificate.hpp"
#include "io/together.hpp"

namespace davylamp::io {
namespace {

namespace asio = boost::asio;

class SecureStreamTest : public ::testing::Test {
 protected:
  SecureStreamTest() {
    certificate_ = make_self_signed(folder_, {"hub.example.org"}, base::from_unix_seconds(1'795'000'000));
    std::filesystem::create_directory(folder_ / "other");
    other_ = make_self_signed(folder_ / "other", {"hub.example.org"}, base::from_unix_seconds(1'795'000'000));
  }

  TlsContext server() const {
    return make_tls_server({.certificate_file = certificate_.certificate_path, .key_file = certificate_.key_path});
  }
  TlsContext client(const Certificate& trusted) const { return make_tls_client({.ca_file = trusted.certificate_path}); }

  // What greet() says, and what the server then hears.
  struct Met {
    base::Result<void> greeted;
    std::string heard;
  };
  Met meet(TlsContext server_side, TlsContext client_side, ServerName name, std::string said) {
    asio::local::stream_protocol::socket one(loop_);
    asio::local::stream_protocol::socket two(loop_);
    asio::local::connect_pair(one, two);
    SecureStream server(std::move(one), std::move(server_side));
    SecureStream client(std::move(two), std::move(client_side));
    Met met;
    auto done =
        asio::co_spawn(loop_, together(speak(client, std::move(name), said, met), hear(server, met)), asio::use_future);
    loop_.restart();
    loop_.run();
    done.get();
    return met;
  }

 private:
  static Task<void> speak(SecureStream& client, ServerName name, const std::string& said, Met& met) {
    met.greeted = co_await client.greet(std::move(name));
    boost::system::error_code error;
    if (met.greeted) co_await client.write(said, error);
    client.close();
  }
  static Task<void> hear(SecureStream& server, Met& met) {
    const auto accepted = co_await server.accept();
    std::array<char, 65'536> buffer{};
    boost::system::error_code error;
    while (accepted && !error) {
      const auto size = co_await server.read_some(buffer, error);
      met.heard.append(buffer.data(), size);
    }
  }

 protected:
  asio::io_context loop_{1};
  base::TemporaryDirectory directory_;
  std::filesystem::path folder_{directory_.path()};
  Certificate certificate_;
  Certificate other_;
};

TEST_F(SecureStreamTest, CarriesWhatIsSaidPlainAndByTls) {
  const std::string much(3'000'000, 'x');
  EXPECT_EQ(meet(nullptr, nullptr, {}, much).heard, much);
  EXPECT_EQ(meet(server(), client(certificate_), {"hub.example.org", {}}, much).heard, much);
  EXPECT_EQ(meet(server(), client(certificate_), {"127.0.0.1", {}}, much).heard, much);
}

TEST_F(SecureStreamTest, TrustsNoOtherNameAndNoOtherAuthority) {
  const auto other_name = meet(server(), client(certificate_), {"elsewhere.example.org", {}}, "secret");
  ASSERT_FALSE(other_name.greeted);
  EXPECT_EQ(other_name.greeted.error().code, "untrusted");
  const auto stranger = meet(server(), client(other_), {"hub.example.org", {}}, "secret");
  ASSERT_FALSE(stranger.greeted);
  EXPECT_EQ(stranger.greeted.error().code, "untrusted");
  EXPECT_EQ(other_name.heard + stranger.heard, "");
}

TEST_F(SecureStreamTest, TrustsAFingerprintWhateverTheName) {
  const auto same = meet(server(), client(other_), {"elsewhere", certificate_.fingerprint}, "hello");
  EXPECT_TRUE(same.greeted);
  EXPECT_EQ(same.heard, "hello");
  EXPECT_FALSE(meet(server(), client(certificate_), {"hub.example.org", other_.fingerprint}, "hello").greeted);
}

TEST_F(SecureStreamTest, AServerWithAnAuthorityTurnsAwayWhoShowsNoCertificate) {
  const auto asking = make_tls_server({certificate_.certificate_path, certificate_.key_path, other_.certificate_path});
  EXPECT_EQ(meet(asking, client(certificate_), {"hub.example.org", {}}, "hello").heard, "");
  EXPECT_EQ(meet(server(), client(certificate_), {"hub.example.org", {}}, "hello").heard, "hello");
}

TEST_F(SecureStreamTest, SaysWhichFileCannotBeUsed) {
  std::ofstream(folder_ / "empty.pem") << "nothing";
  try {
    make_tls_client({.ca_file = folder_ / "empty.pem"});
    FAIL() << "an empty file was taken";
  } catch (const base::Failure& failure) {
    EXPECT_EQ(failure.error().code, "tls");
    EXPECT_NE(failure.error().message.find("empty.pem"), std::string::npos);
  }
  EXPECT_THROW(make_tls_server({}), base::Failure);
  EXPECT_THROW(make_tls_client({.certificate_file = certificate_.certificate_path}), base::Failure);
}

}  // namespace
}  // namespace davylamp::io
