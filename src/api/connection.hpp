// One accepted connection, from its first byte to its last. The seam between accepting (server.cpp, no Beast) and
// speaking HTTP (http_session.cpp).
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "api/origin_rules.hpp"
#include "api/server.hpp"
#include "api/static_files.hpp"

namespace davylamp::api {

// What all connections of a server share; outlives them.
struct ConnectionContext {
  const ServerOptions& options;
  Service& service;
  RequestLog& log;
  HostRules hosts;
  StaticFiles& files;
  boost::asio::ssl::context* tls;  // null: plain
  ServerStats& stats;
};

// Ends when the peer leaves, breaks a limit or is silent for too long, and when cancelled. Throws only what is a bug.
io::Task<void> serve_connection(boost::asio::ip::tcp::socket socket, model::Address remote, ConnectionContext& context);

}  // namespace davylamp::api
