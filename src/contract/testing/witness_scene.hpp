// What the tests of witnesses stand on: two hosts, a service on one of them and clients on the other, with real
// sockets, and a sink that remembers what it is told and checks that it may be told so.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "contract/witness.hpp"
#include "io/testing/two_hosts.hpp"

namespace davylamp::contract::testing {

using io::testing::TwoHosts;

class Socket {
 public:
  explicit Socket(int handle) : handle_(handle) {
    if (handle < 0) throw std::runtime_error(std::string("no socket: ") + std::strerror(errno));
  }
  Socket(Socket&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() { close(); }
  void close() {
    if (handle_ >= 0) ::close(std::exchange(handle_, -1));
  }
  int handle() const { return handle_; }

 private:
  int handle_;
};

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  static SocketAddress of(const std::string& address, std::uint16_t port) {
    SocketAddress made;
    auto* v4 = reinterpret_cast<sockaddr_in*>(&made.storage);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&made.storage);
    if (::inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
      v4->sin_family = AF_INET;
      v4->sin_port = htons(port);
      made.size = sizeof *v4;
    } else if (::inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
      v6->sin6_family = AF_INET6;
      v6->sin6_port = htons(port);
      made.size = sizeof *v6;
    } else {
      throw std::runtime_error("not an address: " + address);
    }
    return made;
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

inline void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

inline void wait_readable(const Socket& socket, const char* what) {
  pollfd waiting{socket.handle(), POLLIN, 0};
  if (::poll(&waiting, 1, 20'000) != 1) throw std::runtime_error(std::string(what) + " did not come in 20 s");
}

inline std::uint16_t port_of(const Socket& socket) {
  SocketAddress own;
  own.size = sizeof own.storage;
  require(::getsockname(socket.handle(), own.get(), &own.size) == 0, "getsockname");
  return ntohs(reinterpret_cast<const sockaddr_in*>(&own.storage)->sin_port);  // at the same place in sockaddr_in6
}

// A socket on the server for IPv4 and IPv6 alike, as most VPN servers have it.
inline Socket service_socket(TwoHosts& hosts, int type, std::uint16_t port) {
  return hosts.in_server([&] {
    Socket socket(::socket(AF_INET6, type | SOCK_CLOEXEC, 0));
    const int off = 0;
    const int on = 1;
    require(::setsockopt(socket.handle(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0, "IPV6_V6ONLY");
    require(::setsockopt(socket.handle(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0, "SO_REUSEADDR");
    const auto own = SocketAddress::of("::", port);
    require(::bind(socket.handle(), own.get(), own.size) == 0, "bind");
    if (type == SOCK_STREAM) require(::listen(socket.handle(), 100) == 0, "listen");
    return socket;
  });
}

// A socket of a client, connected from `source` to the service.
inline Socket client_socket(TwoHosts& hosts, int type, const std::string& source, std::uint16_t service_port) {
  return hosts.in_client([&] {
    const auto own = SocketAddress::of(source, 0);
    const bool v6 = own.storage.ss_family == AF_INET6;
    Socket socket(::socket(own.storage.ss_family, type | SOCK_CLOEXEC, 0));
    require(::bind(socket.handle(), own.get(), own.size) == 0, "bind");
    const auto service = SocketAddress::of(v6 ? "fd77::1" : "10.77.0.1", service_port);
    require(::connect(socket.handle(), service.get(), service.size) == 0, "connect");
    return socket;
  });
}

// How many datagrams of which size each way.
struct Exchange {
  unsigned up = 1;
  unsigned up_bytes = 100;
  unsigned down = 1;
  unsigned down_bytes = 200;
};

class UdpService {
 public:
  UdpService(TwoHosts& hosts, std::uint16_t port) : socket_(service_socket(hosts, SOCK_DGRAM, port)) {}
  // The client sends, the service answers; all has arrived when this returns.
  void exchange(const Socket& client, const Exchange& exchange) const {
    const std::string up(exchange.up_bytes, 'u');
    const std::string down(exchange.down_bytes, 'd');
    SocketAddress peer;
    for (unsigned i = 0; i < exchange.up; ++i) {
      require(::send(client.handle(), up.data(), up.size(), 0) >= 0, "send");
      wait_readable(socket_, "a datagram of the client");
      peer.size = sizeof peer.storage;
      std::vector<char> taken(65536);
      require(::recvfrom(socket_.handle(), taken.data(), taken.size(), 0, peer.get(), &peer.size) >= 0, "recvfrom");
    }
    for (unsigned i = 0; i < exchange.down; ++i) {
      require(::sendto(socket_.handle(), down.data(), down.size(), 0, peer.get(), peer.size) >= 0, "sendto");
      wait_readable(client, "a datagram of the service");
      std::vector<char> taken(65536);
      require(::recv(client.handle(), taken.data(), taken.size(), 0) >= 0, "recv");
    }
  }

 private:
  Socket socket_;
};

class TcpService {
 public:
  TcpService(TwoHosts& hosts, std::uint16_t port) : socket_(service_socket(hosts, SOCK_STREAM, port)) {}
  Socket accept() const {
    wait_readable(socket_, "a connection");
    return Socket(::accept4(socket_.handle(), nullptr, nullptr, SOCK_CLOEXEC));
  }

 private:
  Socket socket_;
};

// Moves `bytes` through a connection, a few kilobytes at a time.
inline void move_bytes(const Socket& from, const Socket& to, std::size_t bytes) {
  std::vector<char> part(4000, 'x');
  while (bytes > 0) {
    const auto sent = ::send(from.handle(), part.data(), std::min(part.size(), bytes), MSG_NOSIGNAL);
    require(sent > 0, "send");
    bytes -= static_cast<std::size_t>(sent);
    for (auto left = sent; left > 0;) {
      wait_readable(to, "a part of the stream");
      const auto taken = ::recv(to.handle(), part.data(), static_cast<std::size_t>(left), 0);
      require(taken > 0, "recv");
      left -= taken;
    }
  }
}

// Remembers; a test fails here when a promise of FlowSink's callers is broken.
class RecordingFlowSink final : public FlowSink {
 public:
  void seen(base::Time, const model::FlowSeen& flow) override {
    EXPECT_FALSE(ended_.contains(flow.identity)) << "seen after it ended: " << flow.peer.to_text();
    EXPECT_TRUE(flow.peer.port) << "a witness knows the port of its peer";
    auto& known = flows_[flow.identity];
    if (known.counters && flow.counters) {
      EXPECT_GE(flow.counters->rx_bytes, known.counters->rx_bytes) << flow.peer.to_text();
      EXPECT_GE(flow.counters->tx_bytes, known.counters->tx_bytes) << flow.peer.to_text();
      EXPECT_GE(flow.counters->rx_packets, known.counters->rx_packets) << flow.peer.to_text();
      EXPECT_GE(flow.counters->tx_packets, known.counters->tx_packets) << flow.peer.to_text();
    }
    auto counters = flow.counters ? flow.counters : known.counters;
    known = flow;
    known.counters = counters;
    if (listing_) listed_.insert(flow.identity);
  }
  void ended(base::Time, const model::FlowEnded& flow) override {
    ended_[flow.identity] = flow;
    const auto known = flows_.find(flow.identity);
    if (known == flows_.end()) return;
    if (flow.counters && known->second.counters) {
      EXPECT_GE(flow.counters->rx_bytes, known->second.counters->rx_bytes) << known->second.peer.to_text();
      EXPECT_GE(flow.counters->tx_bytes, known->second.counters->tx_bytes) << known->second.peer.to_text();
    }
    if (flow.counters) known->second.counters = flow.counters;
  }
  void begin_listing(base::Time) override {
    EXPECT_FALSE(listing_) << "a listing began within a listing";
    listing_ = true;
    listed_.clear();
  }
  void end_listing(base::Time) override {
    EXPECT_TRUE(listing_) << "a listing ended that had not begun";
    listing_ = false;
    ++listings_;
    last_listing_ = listed_;
  }
  void judged(base::Time, const model::Address&, const model::Quality&) override {}
  void told(model::WitnessState state, std::string text) override {
    state_ = state;
    text_ = std::move(text);
  }

  // A run was cancelled: what it had begun to list is void.
  void forget_unfinished_listing() { listing_ = false; }

  // The flow of this peer that was told last, whether it goes on or has ended.
  std::optional<model::FlowSeen> flow_of(const std::string& address, std::uint16_t port) const {
    const auto wanted = model::Address::parse(address);
    for (const auto& [identity, flow] : flows_)
      if (flow.peer.address == wanted && flow.peer.port == port) return flow;
    return std::nullopt;
  }
  const std::map<std::uint64_t, model::FlowSeen>& flows() const { return flows_; }
  const std::map<std::uint64_t, model::FlowEnded>& ends() const { return ended_; }
  bool has_ended(std::uint64_t identity) const { return ended_.contains(identity); }
  std::size_t listings() const { return listings_; }
  const std::set<std::uint64_t>& last_listing() const { return last_listing_; }
  model::WitnessState state() const { return state_; }
  const std::string& text() const { return text_; }

 private:
  std::map<std::uint64_t, model::FlowSeen> flows_;
  std::map<std::uint64_t, model::FlowEnded> ended_;
  std::set<std::uint64_t> listed_;
  std::set<std::uint64_t> last_listing_;
  bool listing_ = false;
  std::size_t listings_ = 0;
  model::WitnessState state_ = model::WitnessState::starting;
  std::string text_;
};

}  // namespace davylamp::contract::testing
