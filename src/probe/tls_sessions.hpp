// The client's end of TLS: what is trusted, and what is remembered of a server so that the next call costs little.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace davylamp::probe {

// Belongs to one thread; must outlive the connections made with its context.
class TlsSessions {
 public:
  // Throws Failure("tls") when `ca_file` cannot be used.
  TlsSessions(const std::optional<std::string>& ca_file, bool insecure);
  boost::asio::ssl::context& context() { return context_; }
  // Before the handshake: names the server (SNI, and what its certificate must say), and brings the last session back.
  // `server` ("host:port") must outlive `connection`.
  void prepare(SSL* connection, const std::string& host, const std::string& server);

 private:
  struct Free {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  static int keep(SSL* connection, SSL_SESSION* session);

  boost::asio::ssl::context context_;
  bool insecure_;
  std::map<std::string, std::unique_ptr<SSL_SESSION, Free>> sessions_;
};

}  // namespace davylamp::probe
