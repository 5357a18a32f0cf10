// A real Redis for tests: its own folder and Unix socket, ended by its process id.
#pragma once

#include <sys/types.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/testing/temporary_directory.hpp"
#include "bus/redis/redis_bus.hpp"
#include "bus/redis/reply.hpp"

namespace davylamp::redis::testing {

class RedisServer {
 public:
  struct Setup {
    bool saves = true;                // appendonly everysec
    bool tls = false;                 // on a loopback port, with certificates made now; clients must show one
    std::vector<std::string> more{};  // arguments: "--maxmemory", "10mb"
  };
  RedisServer() : RedisServer(Setup{}) {}
  // Started and ready; throws with its log when it does not come up.
  explicit RedisServer(Setup setup);
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  void kill();    // as the power goes
  void start();   // again, with what it had saved
  void pause();   // it is there and does not answer; needs resume() before anything else
  void resume();  // as if nothing had been
  // Waits until it has handed all that it keeps in its file to the kernel: kill() takes nothing of it.
  void wait_until_written() const;
  // By its Unix socket, or the port with TLS; one shard.
  Options options() const;
  std::string socket() const { return directory_.file("redis.sock"); }
  // With TLS.
  std::uint16_t port() const { return port_; }
  // One command on a connection of its own; throws when there is none.
  Reply ask(const std::vector<std::string_view>& words) const;
  // A file in the folder.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  void make_certificates() const;
  std::vector<std::string> command_line() const;
  bool comes_up();
  bool has_ended();
  bool answers() const;
  std::runtime_error failure(const std::string& what) const;

  Setup setup_;
  base::TemporaryDirectory directory_;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

}  // namespace davylamp::redis::testing
