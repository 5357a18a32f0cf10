// HTTP/1.1, WebSocket and TLS: the page's files, and a Service for everything under /api/, /healthz, /readyz and
// /metrics.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/http.hpp"
#include "api/request_log.hpp"
#include "base/time.hpp"
#include "io/task.hpp"
#include "model/network.hpp"

namespace davylamp::api {

struct TlsFiles {
  std::filesystem::path certificate_path;  // PEM, with the chain
  std::filesystem::path key_path;          // PEM
};

// All above zero.
struct ServerLimits {
  std::size_t header_bytes = std::size_t{16} * 1024;
  std::size_t body_bytes = std::size_t{64} * 1024;
  std::size_t report_bytes = std::size_t{256} * 1024;  // of a body on the paths where agents report
  std::size_t message_bytes = std::size_t{4} * 1024;   // of a viewer's WebSocket message
  std::size_t connections = 512;
  std::size_t connections_per_address = 64;  // of an IPv6 /64; behind a trusted proxy: live streams of a client
  std::chrono::milliseconds idle{60'000};    // between two requests; a live stream is pinged after half of it
  std::chrono::milliseconds header{10'000};  // from the first byte to the end of the header
  std::chrono::milliseconds body{30'000};    // to read a body, to write a response, and for a viewer to take a message
  std::chrono::milliseconds handshake{10'000};  // TLS and WebSocket
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;                           // 0 takes a free one
  std::optional<TlsFiles> tls;                         // absent: plain HTTP
  std::vector<std::string> host_names;                 // names to be reached by, besides this machine's own
  std::string host_names_setting = "http.host_names";  // how the configuration calls them, for the message of a 421
  std::filesystem::path control_socket;                // a Unix socket for this host's command line; empty: none
  std::filesystem::path proxy_socket;                  // a Unix socket for a trusted proxy on this host; empty: none
  std::vector<model::Network> trusted_proxies;         // whose word on who asks is believed
  bool only_proxies = false;                           // nobody but trusted proxies and this host is answered
  std::vector<model::Network> allow;                   // who may ask at all; empty: everybody
  std::vector<std::string> cors_origins;               // whose pages may read the API
  std::string base_path;                               // "/davylamp": where a proxy shows the page; empty: at the top
  std::filesystem::path web_root;                      // the built page; missing: a page that says how to build it
  ServerLimits limits;
  const base::Clock* clock = nullptr;  // for Date and the log's durations; null leaves them out. Outlives the server.
};

// Counts since the start, except those marked "now".
struct ServerStats {
  std::uint64_t connections_now = 0;
  std::uint64_t live_streams_now = 0;
  std::uint64_t connections = 0;
  std::uint64_t refused_by_total = 0;
  std::uint64_t refused_by_address = 0;
  std::uint64_t refused_by_allow = 0;  // requests of addresses that may not ask, or not without a proxy
  std::uint64_t accept_failures = 0;
  std::uint64_t requests = 0;
  std::uint64_t refused_requests = 0;  // malformed, too large, of a foreign host or origin
  std::uint64_t service_failures = 0;  // answered by 500
  std::uint64_t timeouts = 0;
  std::uint64_t slow_readers = 0;  // of the time-outs: an answer or a live message was not taken in time
  std::uint64_t handshake_failures = 0;
  std::uint64_t live_messages = 0;
};

// All on the executor's one thread. Service and log outlive the server.
class Server {
 public:
  // Binds, reads the page and the certificate. Throws Failure that names the address or the file and what to do.
  Server(boost::asio::any_io_executor executor, ServerOptions options, Service& service, RequestLog& log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Serves until cancelled, then closes every connection and returns when the last one has ended. Once per server.
  io::Task<void> run();
  std::uint16_t port() const;
  ServerStats stats() const;

 private:
  struct State;
  class OpenMark;
  static io::Task<void> serve(boost::asio::generic::stream_protocol::socket socket, std::unique_ptr<OpenMark> mark);
  std::shared_ptr<State> state_;  // shared with the connections, whose frames the loop may destroy after the server
};

}  // namespace davylamp::api
