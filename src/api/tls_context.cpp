#include "api/tls_context.hpp"

#include <openssl/ssl.h>

#include "base/result.hpp"

namespace davylamp::api {
namespace {

namespace ssl = boost::asio::ssl;

void require(const boost::system::error_code& error, const std::string& what) {
  if (error) {
    throw base::Failure("tls",
                        what + ": " + error.message() +
                            "; both must be PEM files that belong together and that the user of davylampd may read");
  }
}

}  // namespace

ssl::context make_tls_context(const TlsFiles& files) {
  ssl::context context(ssl::context::tls_server);
  SSL_CTX* const native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");
  // Idle viewers give their record buffers back: 34 KiB each.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  // Sessions are resumed by tickets: nothing is kept here.
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  boost::system::error_code error;
  context.use_certificate_chain_file(files.certificate_path.string(), error);
  require(error, "cannot use the certificate " + files.certificate_path.string());
  context.use_private_key_file(files.key_path.string(), ssl::context::pem, error);
  require(error,
          "cannot use the key " + files.key_path.string() + " with the certificate " + files.certificate_path.string());
  return context;
}

}  // namespace davylamp::api
