// Two hosts for tests with real packets: a server and a client, each a network namespace of its own, joined by a veth
// pair. Nothing leaves them. Needs root; taken down at the end.
#pragma once

#include <string>
#include <utility>

namespace davylamp::io::testing {

// server: 10.77.0.1/24 and fd77::1/64 on s0; client: 10.77.0.2/24, fd77::2/64 on c0. Both have lo up; the client also
// owns all of 10.98.0.0/16 (AnyIP), reachable from the server, so that one process can be many peers.
class TwoHosts {
 public:
  // Throws std::runtime_error with what failed. Ask possible() first, and skip.
  TwoHosts();
  ~TwoHosts();
  TwoHosts(const TwoHosts&) = delete;
  TwoHosts& operator=(const TwoHosts&) = delete;
  static bool possible();

  const std::string& server() const { return server_; }
  const std::string& client() const { return client_; }
  // Runs `body` with this thread in the namespace; sockets made there stay there. Threads started there, too.
  template <class Body>
  decltype(auto) in_server(Body&& body) {
    const Visit visit(server_);
    return std::forward<Body>(body)();
  }
  template <class Body>
  decltype(auto) in_client(Body&& body) {
    const Visit visit(client_);
    return std::forward<Body>(body)();
  }
  // A shell command in the namespace ("sysctl -qw net.netfilter.nf_conntrack_acct=1"). Mounts are those of the caller:
  // not `ip netns exec`, which would hide /sys/fs/bpf. Throws with its output when it fails; returns its output.
  std::string run_in_server(const std::string& command) const;
  std::string run_in_client(const std::string& command) const;

 private:
  class Visit {
   public:
    explicit Visit(const std::string& name);
    ~Visit();
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

   private:
    int home_;
  };
  std::string server_;
  std::string client_;
};

}  // namespace davylamp::io::testing
