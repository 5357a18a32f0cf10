// Fences in a kernel, tried with real packets between two hosts.
#include "app/geofence/fences.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <fstream>
#include <map>
#include <thread>

#include "app/geofence/compile.hpp"
#include "app/geofence/nft_program.hpp"
#include "base/testing/temporary_directory.hpp"
#include "io/testing/two_hosts.hpp"

namespace davylamp::app {
namespace {

constexpr std::uint16_t port = 4'430;
constexpr std::uint16_t open_port = port + 2;  // no fence is there
constexpr int patience_milliseconds = 150;
// Only a test that fails waits for so long.
constexpr int long_patience_milliseconds = 20'000;
using Steady = std::chrono::steady_clock;

struct Sockaddr {
  explicit Sockaddr(const std::string& text, std::uint16_t number) {
    if (text.contains(':')) {
      auto* six = reinterpret_cast<sockaddr_in6*>(&storage);
      six->sin6_family = AF_INET6;
      six->sin6_port = htons(number);
      inet_pton(AF_INET6, text.c_str(), &six->sin6_addr);
      size = sizeof(sockaddr_in6);
    } else {
      auto* four = reinterpret_cast<sockaddr_in*>(&storage);
      four->sin_family = AF_INET;
      four->sin_port = htons(number);
      inet_pton(AF_INET, text.c_str(), &four->sin_addr);
      size = sizeof(sockaddr_in);
    }
  }
  const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
  sockaddr_storage storage{};
  socklen_t size = 0;
};

class Socket {
 public:
  Socket(int kind, const Sockaddr& local) : file_(::socket(local.family(), kind | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(file_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (local.family() == AF_INET6) ::setsockopt(file_, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (::bind(file_, local.address(), local.size) != 0) throw std::runtime_error(std::strerror(errno));
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { ::close(file_); }
  int file() const { return file_; }
  bool ready(short what, int milliseconds) const {
    pollfd wait{file_, what, 0};
    return ::poll(&wait, 1, milliseconds) == 1;
  }

 private:
  int file_;
};

class FencesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!io::testing::TwoHosts::possible() || ::access("/usr/sbin/nft", X_OK) != 0)
      GTEST_SKIP() << "needs root and nft";
    hosts = std::make_unique<io::testing::TwoHosts>();
    hosts->run_in_client("ip addr add fd77::66/64 dev c0 nodad");
    hosts->in_server([&] {
      for (const auto* any : {"0.0.0.0", "::"}) {
        for (const auto number : {port, open_port}) {
          auto& service = services[number];
          service.udp.push_back(std::make_unique<Socket>(SOCK_DGRAM, Sockaddr(any, number)));
          service.tcp.push_back(std::make_unique<Socket>(SOCK_STREAM, Sockaddr(any, number)));
          ::listen(service.tcp.back()->file(), 1'024);
        }
      }
    });
    request.service = "conduit";
    request.ports = {{port}, {port}};
  }

  template <class Body>
  decltype(auto) fenced(Body body) {
    return hosts->in_server([&]() -> decltype(auto) { return body(fences); });
  }
  // Strict: the addresses of the two hosts are private ones.
  static CompiledFence letting_in(std::initializer_list<const char*> networks) {
    CompiledFence fence;
    for (const auto* network : networks) geoip::add_network(fence.listed, network);
    return fence;
  }
  static Sockaddr server_for(const std::string& from, std::uint16_t number) {
    return Sockaddr(from.contains(':') ? "fd77::1" : "10.77.0.1", number);
  }
  // Whether a datagram from that address arrives. Another one goes the same way behind it, to where no fence is: until
  // that one is there nothing is known, however slow the machine is.
  bool udp_arrives(const std::string& from) {
    const std::size_t family = from.contains(':') ? 1 : 0;
    for (const auto& [number, service] : services) {
      std::array<char, 8> drain{};
      while (::recv(service.udp[family]->file(), drain.data(), drain.size(), MSG_DONTWAIT) >= 0) continue;
    }
    hosts->in_client([&] {
      const Socket client(SOCK_DGRAM, Sockaddr(from, 0));
      for (const auto number : {port, open_port}) {
        const auto server = server_for(from, number);
        ::sendto(client.file(), "hi", 2, 0, server.address(), server.size);
      }
    });
    EXPECT_TRUE(services[open_port].udp[family]->ready(POLLIN, long_patience_milliseconds)) << from;
    return services[port].udp[family]->ready(POLLIN, patience_milliseconds);
  }
  bool tcp_connects(const std::string& from) {
    return hosts->in_client([&] {
      const Socket client(SOCK_STREAM | SOCK_NONBLOCK, Sockaddr(from, 0));
      const Socket after(SOCK_STREAM | SOCK_NONBLOCK, Sockaddr(from, 0));
      const auto server = server_for(from, port);
      const auto open = server_for(from, open_port);
      ::connect(client.file(), server.address(), server.size);
      ::connect(after.file(), open.address(), open.size);
      EXPECT_TRUE(after.ready(POLLOUT, long_patience_milliseconds)) << from;
      return client.ready(POLLOUT, patience_milliseconds);
    });
  }
  // What `look` sees while a fence is tried: anew with twice the time when the machine stood still for so long that the
  // trial may have ended meanwhile.
  template <class Look>
  auto while_tried(const CompiledFence& fence, Look look) {
    for (std::uint32_t seconds = 2;; seconds *= 2) {
      const auto began = Steady::now();
      fenced([&](Fences& f) { f.try_out(request, fence, now, seconds); });
      const auto seen = look();
      if (Steady::now() - began < std::chrono::seconds(seconds)) return seen;
    }
  }
  // Nobody does anything from here on.
  bool arrives_in_the_end(const std::string& from) {
    const auto until = Steady::now() + std::chrono::seconds(60);
    while (Steady::now() < until) {
      if (udp_arrives(from)) return true;
    }
    return false;
  }
  bool arrives(const std::string& from) {
    const bool udp_does = udp_arrives(from);
    EXPECT_EQ(udp_does, tcp_connects(from)) << from;
    return udp_does;
  }
  std::string ruleset() const { return hosts->run_in_server("nft list ruleset"); }

  std::unique_ptr<io::testing::TwoHosts> hosts;
  // IPv4 and IPv6.
  struct Service {
    std::vector<std::unique_ptr<Socket>> udp;
    std::vector<std::unique_ptr<Socket>> tcp;
  };
  std::map<std::uint16_t, Service> services;
  base::TemporaryDirectory folder;
  Fences fences{folder.path(), run_nft};
  FenceRequest request;
  base::Time now{std::chrono::seconds{1'790'000'000}};
};

TEST_F(FencesTest, LetsInWhomItShouldAndCountsTheRest) {
  fenced([&](Fences& f) { f.try_out(request, letting_in({"10.98.1.0/24", "fd77::2"}), now, 60); });
  EXPECT_TRUE(arrives("10.98.1.7"));
  EXPECT_TRUE(arrives("fd77::2"));
  EXPECT_FALSE(arrives("10.98.2.7"));
  EXPECT_FALSE(arrives("10.98.0.255"));
  EXPECT_FALSE(arrives("fd77::66"));
  const auto shown = fenced([](Fences& f) { return f.show(); });
  ASSERT_EQ(shown.fences.size(), 1U);
  EXPECT_TRUE(shown.fences.front().judging);
  const auto& counts = shown.fences.front().counts;
  EXPECT_GE(counts.allowed4.packets, 2U);
  EXPECT_GE(counts.allowed6.packets, 2U);
  EXPECT_GE(counts.refused4.packets, 4U);
  EXPECT_GE(counts.refused6.packets, 2U);
  EXPECT_GT(counts.refused4.bytes, counts.refused4.packets * 28);
}

TEST_F(FencesTest, KeepsOutTheDeniedAlone) {
  auto fence = letting_in({"10.98.1.0/24"});
  fence.allows = false;
  geoip::add_network(fence.always, "10.98.1.9");
  fence.listed = without(fence.listed, fence.always);
  fenced([&](Fences& f) { f.try_out(request, fence, now, 60); });
  EXPECT_FALSE(arrives("10.98.1.7"));
  EXPECT_TRUE(arrives("10.98.1.9"));
  EXPECT_TRUE(arrives("10.98.2.7"));
  EXPECT_TRUE(arrives("fd77::66"));
}

TEST_F(FencesTest, LeavesOtherPortsAndOtherTablesAlone) {
  hosts->run_in_server(
      "nft 'add table inet filter; add chain inet filter input { type filter hook input priority 0; policy accept; }; "
      "add rule inet filter input tcp dport 22 counter accept; add table ip nat'");
  const auto before = ruleset();
  fenced([&](Fences& f) { f.try_out(request, letting_in({"192.0.2.1"}), now, 60); });
  EXPECT_THAT(ruleset(), testing::HasSubstr(before));
  const Sockaddr other("10.77.0.1", port + 1);
  const auto open =
      hosts->in_server([] { return std::make_unique<Socket>(SOCK_DGRAM, Sockaddr("0.0.0.0", port + 1)); });
  hosts->in_client([&] {
    const Socket client(SOCK_DGRAM, Sockaddr("10.98.2.7", 0));
    ::sendto(client.file(), "hi", 2, 0, other.address(), other.size);
  });
  EXPECT_TRUE(open->ready(POLLIN, long_patience_milliseconds));
  EXPECT_TRUE(fenced([&](Fences& f) { return f.remove("conduit"); }));
  EXPECT_EQ(ruleset(), before);
  EXPECT_TRUE(arrives("10.98.2.7"));
}

TEST_F(FencesTest, TheKernelTakesBackWhatNobodyConfirms) {
  fenced([&](Fences& f) { f.try_out(request, letting_in({"10.98.1.0/24"}), now, 60); });
  EXPECT_TRUE(fenced([&](Fences& f) { return f.confirm("conduit"); }));
  const auto before = ruleset();
  const auto seen = while_tried(letting_in({"10.98.2.0/24"}), [&] {
    return std::vector{udp_arrives("10.98.2.7"), tcp_connects("10.98.2.7"), udp_arrives("10.98.1.7")};
  });
  EXPECT_EQ(seen, (std::vector{true, true, false}));
  EXPECT_TRUE(arrives_in_the_end("10.98.1.7"));
  EXPECT_FALSE(arrives("10.98.2.7")) << "the fence before judges again";
  EXPECT_EQ(fenced([&](Fences& f) { return f.confirm("conduit"); }).error().code, "expired");
  const auto without_counters = [](std::string text) {
    for (auto at = text.find("packets "); at != std::string::npos; at = text.find("packets ", at)) {
      text.erase(at, text.find('\n', at) - at);
    }
    return text;
  };
  EXPECT_EQ(without_counters(ruleset()), without_counters(before));
}

TEST_F(FencesTest, WithoutAFenceBeforeItEndsInNone) {
  EXPECT_FALSE(while_tried(letting_in({"192.0.2.1"}), [&] { return udp_arrives("10.98.1.7"); }));
  EXPECT_TRUE(arrives_in_the_end("10.98.1.7"));
  EXPECT_THAT(fenced([](Fences& f) { return f.settle(); }), testing::ElementsAre("conduit"));
  EXPECT_EQ(ruleset(), "");
  EXPECT_TRUE(fenced([](Fences& f) { return f.show(); }).fences.empty());
}

TEST_F(FencesTest, WhatIsConfirmedStaysAndComesBackAfterAStart) {
  std::uint32_t seconds = 3;
  const auto set = [&](Fences& f) {
    f.try_out(request, letting_in({"10.98.1.0/24"}), now, seconds);
    return f.confirm("conduit");
  };
  // Longer where the machine stood still and the trial was over before it was confirmed.
  auto confirmed = fenced(set);
  for (; !confirmed && confirmed.error().code == "expired" && seconds < 40; confirmed = fenced(set)) seconds *= 2;
  ASSERT_TRUE(confirmed) << confirmed.error().message;
  std::this_thread::sleep_for(std::chrono::seconds{seconds} + std::chrono::milliseconds{100});
  EXPECT_FALSE(arrives("10.98.2.7"));
  const auto before = ruleset();
  hosts->run_in_server("nft flush ruleset");
  EXPECT_TRUE(arrives("10.98.2.7"));
  const auto emptied = fenced([](Fences& f) { return f.show(); });
  EXPECT_EQ(emptied.problem, "");
  EXPECT_FALSE(emptied.fences.front().judging);
  EXPECT_EQ(fenced([](Fences& f) { return f.restore(); }), 1U);
  EXPECT_FALSE(arrives("10.98.2.7"));
  EXPECT_TRUE(arrives("10.98.1.7"));
  EXPECT_FALSE(before.empty());
  EXPECT_EQ(fenced([&](Fences& f) { return f.confirm("conduit"); }).error().code, "not_found");
}

TEST_F(FencesTest, RenewingGoesOnCounting) {
  fenced([&](Fences& f) {
    f.try_out(request, letting_in({"10.98.1.0/24"}), now, 60);
    return f.confirm("conduit");
  });
  EXPECT_FALSE(udp_arrives("10.98.2.7"));
  fenced([&](Fences& f) { f.renew(request, letting_in({"10.98.2.0/24"}), now + base::Seconds{9}); });
  EXPECT_TRUE(udp_arrives("10.98.2.7"));
  EXPECT_FALSE(udp_arrives("10.98.1.7"));
  const auto shown = fenced([](Fences& f) { return f.show(); }).fences.front();
  EXPECT_EQ(shown.counts.refused4.packets, 2U);
  EXPECT_EQ(shown.entry.kept->since_at, now);
}

TEST_F(FencesTest, ServicesDoNotDisturbEachOther) {
  FenceRequest other;
  other.service = "x\" } ; flush ruleset";
  other.ports = {{port + 7}, {}};
  fenced([&](Fences& f) {
    f.try_out(request, letting_in({"10.98.1.0/24"}), now, 60);
    f.try_out(other, letting_in({"192.0.2.1"}), now, 60);
  });
  EXPECT_EQ(fenced([](Fences& f) { return f.show(); }).fences.size(), 2U);
  EXPECT_TRUE(fenced([&](Fences& f) { return f.remove(other.service); }));
  EXPECT_FALSE(arrives("10.98.2.7"));
  EXPECT_EQ(fenced([&](Fences& f) { return f.remove(other.service); }).error().code, "not_found");
}

TEST_F(FencesTest, NoPacketSlipsThroughWhileItIsReplaced) {
  fenced([&](Fences& f) {
    f.try_out(request, letting_in({"10.98.1.0/24"}), now, 60);
    return f.confirm("conduit");
  });
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> sent = 0;
  std::thread flood([&] {
    hosts->in_client([&] {
      const Socket client(SOCK_DGRAM, Sockaddr("10.98.9.9", 0));
      const Sockaddr server("10.77.0.1", port);
      while (!stop) {
        if (::sendto(client.file(), "hi", 2, 0, server.address(), server.size) == 2) ++sent;
      }
    });
  });
  for (int round = 0; round < 10; ++round) {
    fenced([&](Fences& f) {
      f.try_out(request, letting_in({"10.98.1.0/24", "10.98.2.0/24"}), now, 60);
      return f.confirm("conduit");
    });
    fenced([&](Fences& f) { f.renew(request, letting_in({"10.98.1.0/24"}), now); });
    const auto wanted = static_cast<std::uint64_t>(round + 1) * 100;
    for (const auto until = Steady::now() + std::chrono::seconds(30); sent < wanted && Steady::now() < until;)
      std::this_thread::yield();
  }
  stop = true;
  flood.join();
  EXPECT_GE(sent, 1'000U);
  EXPECT_FALSE(services[port].udp.front()->ready(POLLIN, 50)) << "of " << sent << " packets";
}

TEST_F(FencesTest, ADamagedBookIsSaidAndNothingChanges) {
  std::filesystem::create_directories(folder.path() + "/geofence");
  std::ofstream(folder.path() + "/geofence/fences.json") << "{\"fences\": 7}";
  EXPECT_THROW(fenced([&](Fences& f) { f.try_out(request, letting_in({"192.0.2.1"}), now, 1); }), base::Failure);
  EXPECT_EQ(ruleset(), "");
}

}  // namespace
}  // namespace davylamp::app
