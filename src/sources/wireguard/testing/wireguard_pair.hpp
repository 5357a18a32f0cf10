// Two hosts with a tunnel between them, by two real wireguard-go.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>

#include "io/testing/two_hosts.hpp"

namespace davylamp::wireguard::testing {

// server: 10.66.0.1/24, listens on 51820; client: 10.66.0.2/32, one peer of each other. Throws std::runtime_error.
class WireguardPair {
 public:
  WireguardPair();
  ~WireguardPair();
  WireguardPair(const WireguardPair&) = delete;
  WireguardPair& operator=(const WireguardPair&) = delete;
  static bool possible();

  const std::string& interface() const { return server_.interface; }
  const std::string& client_key() const { return client_.public_key; }
  const std::string& server_secret() const { return server_.private_key; }
  // Datagrams with so many bytes each through the tunnel, from the client to the server.
  void send(unsigned count, std::size_t bytes);
  // The same, from the server to the client.
  void send_back(unsigned count, std::size_t bytes);
  void restart_server();
  void end_server();
  void start_server();
  void remove_peer();
  void add_peer();
  // The client forgets its keys with the server and shakes hands with the next packet.
  void connect_anew();
  // `wg addconf` at the server.
  void configure_server(const std::string& config);
  // The client speaks from another port from now on.
  void roam();

  struct Shown {
    std::uint64_t rx_bytes = 0;
    std::uint64_t tx_bytes = 0;
    std::int64_t handshake_at = 0;
  };
  // What `wg show INTERFACE dump` says of the client.
  Shown shown() const;

 private:
  struct End {
    std::string interface;
    std::string private_key;
    std::string public_key;
    pid_t process = 0;
  };
  static void start(End& end);
  static void end(End& end);

  io::testing::TwoHosts hosts_;
  End server_;
  End client_;
  std::array<int, 2> sinks_{-1, -1};
};

}  // namespace davylamp::wireguard::testing
