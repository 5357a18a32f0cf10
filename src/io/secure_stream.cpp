#include "io/secure_stream.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cctype>
#include <memory>
#include <span>
#include <utility>

#include "base/hexadecimal.hpp"

namespace davylamp::io {
namespace {

namespace asio = boost::asio;

// Only the digits, lower case.
std::string digits_of(std::string_view fingerprint) {
  std::string digits;
  for (const char letter : fingerprint) {
    if (std::isxdigit(static_cast<unsigned char>(letter)) != 0)
      digits += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return digits;
}

void expect(SSL* connection, const ServerName& server) {
  boost::system::error_code is_a_name;
  asio::ip::make_address(server.host, is_a_name);
  if (is_a_name) SSL_set_tlsext_host_name(connection, server.host.c_str());
  if (server.fingerprint) {
    SSL_set_verify(connection, SSL_VERIFY_NONE, nullptr);
  } else if (is_a_name) {
    SSL_set1_host(connection, server.host.c_str());
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), server.host.c_str());
  }
}

}  // namespace

SecureStream::SecureStream(Socket socket, TlsContext tls) : context_(std::move(tls)), socket_(std::move(socket)) {
  if (context_) tls_.emplace(socket_, *context_);
}

Task<base::Result<void>> SecureStream::greet(ServerName server) {
  if (!tls_) co_return base::Result<void>{};
  expect(tls_->native_handle(), server);
  auto done = co_await shake_hands(asio::ssl::stream_base::client);
  if (!done || !server.fingerprint) co_return done;
  const auto shown = peer_fingerprint();
  if (shown == digits_of(*server.fingerprint)) co_return done;
  co_return base::fail("untrusted", "its certificate has the fingerprint " + shown.value_or("(none)") +
                                        ", which is not the one that is expected");
}

Task<base::Result<void>> SecureStream::accept() {
  if (!tls_) co_return base::Result<void>{};
  co_return co_await shake_hands(asio::ssl::stream_base::server);
}

Task<base::Result<void>> SecureStream::shake_hands(Side side) {
  boost::system::error_code error;
  co_await tls_->async_handshake(side, asio::redirect_error(asio::use_awaitable, error));
  if (!error) co_return base::Result<void>{};
  if (error == asio::error::operation_aborted) co_return base::fail("aborted", "the connection was closed here");
  const auto verified = SSL_get_verify_result(tls_->native_handle());
  if (verified != X509_V_OK) {
    co_return base::fail("untrusted",
                         std::string("its certificate is not accepted: ") + X509_verify_cert_error_string(verified));
  }
  co_return base::fail("away", "no TLS connection: " + error.message());
}

Task<std::size_t> SecureStream::read_some(std::span<char> into, boost::system::error_code& error) {
  const auto buffer = asio::buffer(into.data(), into.size());
  auto done = asio::redirect_error(asio::use_awaitable, error);
  if (tls_) co_return co_await tls_->async_read_some(buffer, done);
  co_return co_await socket_.async_read_some(buffer, done);
}

Task<void> SecureStream::write(std::string_view text, boost::system::error_code& error) {
  const auto buffer = asio::buffer(text.data(), text.size());
  auto done = asio::redirect_error(asio::use_awaitable, error);
  if (tls_) {
    co_await asio::async_write(*tls_, buffer, done);
  } else {
    co_await asio::async_write(socket_, buffer, done);
  }
}

void SecureStream::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

std::optional<std::string> SecureStream::peer_fingerprint() {
  if (!tls_) return std::nullopt;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(tls_->native_handle()),
                                                                &X509_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (!certificate || X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size) != 1) return std::nullopt;
  return base::hexadecimal(std::span(digest).first(size));
}

}  // namespace davylamp::io
