#include "io/tls.hpp"

#include <openssl/ssl.h>

#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::io {
namespace {

namespace ssl = boost::asio::ssl;

[[noreturn]] void refuse(const std::string& what, const std::string& path, const std::string& why) {
  throw base::Failure("tls", "cannot use the " + what + " in " + base::printable(path) + ": " + why +
                                 "; it must be a PEM file that the user of this program may read");
}

void show(ssl::context& context, const TlsFiles& files) {
  if (files.certificate_file.has_value() != files.key_file.has_value()) {
    throw base::Failure("tls", "a certificate and its key go together: give both files or none");
  }
  if (!files.certificate_file) return;
  boost::system::error_code error;
  context.use_certificate_chain_file(*files.certificate_file, error);
  if (error) refuse("certificate", *files.certificate_file, error.message());
  context.use_private_key_file(*files.key_file, ssl::context::pem, error);
  if (error) refuse("key", *files.key_file, error.message());
}

TlsContext make(ssl::context::method method, const TlsFiles& files) {
  auto context = std::make_shared<ssl::context>(method);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  show(*context, files);
  if (files.ca_file && SSL_CTX_load_verify_file(native, files.ca_file->c_str()) != 1)
    refuse("authorities", *files.ca_file, "no certificates that can be read");
  return context;
}

}  // namespace

TlsContext make_tls_client(const TlsFiles& files) {
  auto context = make(ssl::context::tls_client, files);
  if (!files.ca_file) SSL_CTX_set_default_verify_paths(context->native_handle());
  SSL_CTX_set_verify(context->native_handle(), SSL_VERIFY_PEER, nullptr);
  return context;
}

TlsContext make_tls_server(const TlsFiles& files) {
  if (!files.certificate_file) throw base::Failure("tls", "a server needs a certificate and its key: give both files");
  auto context = make(ssl::context::tls_server, files);
  if (files.ca_file) {
    SSL_CTX_set_verify(context->native_handle(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

}  // namespace davylamp::io
