// What one end of a TLS connection shows, and whom it trusts.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <optional>
#include <string>

namespace davylamp::io {

// PEM files.
struct TlsFiles {
  std::optional<std::string> certificate_file;  // shown to the other end, with what leads to its authority
  std::optional<std::string> key_file;          // of the certificate
  // Whose certificates are trusted. Absent: at a client those whom the host trusts; a server asks for none.
  std::optional<std::string> ca_file;
};

// May be shared by connections of one loop. TLS 1.2 or newer.
using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// Throw Failure "tls" that names the file and what to do.
TlsContext make_tls_client(const TlsFiles& files);
TlsContext make_tls_server(const TlsFiles& files);

}  // namespace davylamp::io
