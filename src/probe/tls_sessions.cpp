#include "probe/tls_sessions.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <cstdlib>
#include <filesystem>

#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::probe {
namespace {

namespace ssl = boost::asio::ssl;
constexpr std::size_t most_sessions = 16;

// OpenSSL's places for what belongs to a context and to a connection; "app data" is Asio's own.
int context_place() {
  static const int place = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return place;
}
int connection_place() {
  static const int place = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return place;
}

// The system's authorities: of a folder with hashed names OpenSSL reads the one file that it needs, and not all 150
// certificates into memory.
bool use_hashed_folder(SSL_CTX* context) {
  if (std::getenv(X509_get_default_cert_file_env()) != nullptr) return false;
  const auto* const wish = std::getenv(X509_get_default_cert_dir_env());
  const std::string folder = wish != nullptr ? wish : X509_get_default_cert_dir();
  std::error_code error;
  for (std::filesystem::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
    if (each->path().extension() == ".0") return SSL_CTX_load_verify_dir(context, folder.c_str()) == 1;
  }
  return false;
}

void trust(SSL_CTX* context, const std::optional<std::string>& ca_file) {
  if (!ca_file) {
    if (!use_hashed_folder(context)) SSL_CTX_set_default_verify_paths(context);
    return;
  }
  if (SSL_CTX_load_verify_file(context, ca_file->c_str()) == 1) return;
  throw base::Failure("tls", "cannot use the authorities in " + base::printable(*ca_file) +
                                 ": it must be a PEM file with certificates that this program may read");
}

}  // namespace

TlsSessions::TlsSessions(const std::optional<std::string>& ca_file, bool insecure)
    : context_(ssl::context::tls_client), insecure_(insecure) {
  SSL_CTX* const native = context_.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(native, insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (!insecure) trust(native, ca_file);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_ex_data(native, context_place(), this);
  SSL_CTX_sess_set_new_cb(native, &TlsSessions::keep);
}

int TlsSessions::keep(SSL* connection, SSL_SESSION* session) {
  auto* const self = static_cast<TlsSessions*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), context_place()));
  const auto* const server = static_cast<const std::string*>(SSL_get_ex_data(connection, connection_place()));
  if (self == nullptr || server == nullptr) return 0;
  if (self->sessions_.size() >= most_sessions && !self->sessions_.contains(*server)) self->sessions_.clear();
  self->sessions_[*server].reset(session);
  return 1;
}

void TlsSessions::prepare(SSL* connection, const std::string& host, const std::string& server) {
  SSL_set_ex_data(connection, connection_place(), const_cast<std::string*>(&server));
  boost::system::error_code is_a_name;
  boost::asio::ip::make_address(host, is_a_name);
  if (is_a_name) {
    SSL_set_tlsext_host_name(connection, host.c_str());
    if (!insecure_) SSL_set1_host(connection, host.c_str());
  } else if (!insecure_) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str());
  }
  if (const auto known = sessions_.find(server); known != sessions_.end())
    SSL_set_session(connection, known->second.get());
}

}  // namespace davylamp::probe
