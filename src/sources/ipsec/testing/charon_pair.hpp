// Two hosts with a tunnel between them, by two real charon with ESP in user space.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/testing/temporary_directory.hpp"
#include "io/testing/two_hosts.hpp"

namespace davylamp::ipsec::testing {

// server: 10.77.0.1, 10.61.0.1 inside; client: 10.77.0.2, "alice", gets 10.61.100.1. Throws std::runtime_error.
class CharonPair {
 public:
  CharonPair();
  ~CharonPair();
  CharonPair(const CharonPair&) = delete;
  CharonPair& operator=(const CharonPair&) = delete;
  // Empty when it can be; else what is missing.
  static std::string missing();

  // Of the server's VICI.
  std::string socket() const { return directory_.file("server.vici"); }
  void connect();
  void disconnect();
  // Packets of 84 bytes each, both ways, through the tunnel.
  void ping(unsigned count);
  void rekey_child();
  void rekey_ike();
  void end_server();

 private:
  pid_t start(const std::string& who);
  std::string swanctl(const std::string& who, const std::string& command) const;
  static void end(pid_t& process);

  base::TemporaryDirectory directory_;
  io::testing::TwoHosts hosts_;
  pid_t server_ = 0;
  pid_t client_ = 0;
};

}  // namespace davylamp::ipsec::testing
