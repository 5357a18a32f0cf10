// A real Redis for tests: its own folder, loopback only, ended by its process id.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bus/redis/redis_bus.hpp"
#include "bus/redis/reply.hpp"

namespace davylamp::redis::testing {

class RedisServer {
 public:
  struct Setup {
    bool saves = true;                // appendonly everysec
    bool tls = false;                 // on a port, with certificates made now; clients must show one
    std::vector<std::string> more{};  // arguments: "--maxmemory", "10mb"
  };
  RedisServer() : RedisServer(Setup{}) {}
  // Started and ready; throws when it does not come up.
  explicit RedisServer(Setup setup);
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  void kill();   // as the power goes
  void start();  // again, with what it had saved
  // By its Unix socket, or the port with TLS; one shard.
  Options options() const;
  const std::filesystem::path& folder() const { return folder_; }
  std::string socket() const { return folder_ / "redis.sock"; }
  std::uint16_t port() const { return port_; }
  // One command on a connection of its own; throws when there is none.
  Reply ask(const std::vector<std::string_view>& words) const;
  // A file in the folder.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  void make_certificates() const;
  bool answers() const;

  Setup setup_;
  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

}  // namespace davylamp::redis::testing
