// One accepted connection, from its first byte to its last. The seam between accepting (server.cpp, no Beast) and
// speaking HTTP (http_session.cpp).
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <map>

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
  // Live streams that came through proxies, by whom they are for.
  std::map<model::Address, std::size_t> proxied_streams{};
};

// Who is at the other end. Over the control socket there is no address, and an account when the kernel says that the
// caller may.
struct Peer {
  model::Address address;
  bool control = false;
  std::optional<std::string> account{};
  bool proxy = false;  // a trusted proxy, over its Unix socket
};

// Ends when the peer leaves, breaks a limit or is silent for too long, and when cancelled. Throws only what is a bug.
io::Task<void> serve_connection(boost::asio::generic::stream_protocol::socket socket, Peer peer,
                                ConnectionContext& context);

}  // namespace davylamp::api
