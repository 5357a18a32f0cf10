#include "witness/sockets/sockets_witness.hpp"

#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>

#include "base/result.hpp"
#include "io/netlink.hpp"
#include "io/together.hpp"
#include "witness/sockets/flow_table.hpp"
#include "witness/sockets/service_health.hpp"

namespace davylamp::sockets {
namespace {

namespace asio = boost::asio;

constexpr unsigned reads_at_a_stretch = 16;
constexpr unsigned events_at_a_stretch = 1'024;
constexpr base::Seconds answer_within{10};
// With more, the kernel sends events of all ports and they are left out here: its jumps reach 255 instructions.
constexpr std::size_t most_ports_in_destroy_filter = 200;
constexpr std::size_t local_port_at = sizeof(nlmsghdr) + 4;  // inet_diag_msg::id.idiag_sport

// Connections that can still move bytes, and what listens.
constexpr std::uint32_t tcp_states = state_bit(SocketState::established) | state_bit(SocketState::fin_wait1) |
                                     state_bit(SocketState::fin_wait2) | state_bit(SocketState::close_wait) |
                                     state_bit(SocketState::last_ack) | state_bit(SocketState::closing) |
                                     state_bit(SocketState::listening);
constexpr std::uint32_t udp_states = state_bit(SocketState::closed) | state_bit(SocketState::established);

struct Losses {
  std::uint64_t overruns = 0;
  std::uint64_t unreadable = 0;
};

// Lets pass events of these local ports only; none: of all.
void filter_by_port(int handle, const std::vector<std::uint16_t>& ports) {
  if (ports.empty() || ports.size() > most_ports_in_destroy_filter) {
    const int unused = 0;
    ::setsockopt(handle, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
    return;
  }
  std::vector<sock_filter> code{BPF_STMT(BPF_LD | BPF_H | BPF_ABS, local_port_at)};
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto to_take = static_cast<std::uint8_t>(ports.size() - i);
    code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ports[i], to_take, 0));
  }
  code.push_back(BPF_STMT(BPF_RET | BPF_K, 0));
  code.push_back(BPF_STMT(BPF_RET | BPF_K, ~0U));
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  // Refused by a kernel without socket filters: then all events come, and are left out here.
  ::setsockopt(handle, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

// How often to list so many connections: a listing of 100,000 takes 120 ms of a core.
base::Milliseconds pause_for(std::size_t flows) {
  if (flows <= 20'000) return base::Seconds{5};
  return base::Milliseconds{std::clamp<std::int64_t>(static_cast<std::int64_t>(flows) * 3 / 20, 15'000, 30'000)};
}

// One run of the witness: its two sockets and what is known through them.
class Run {
 public:
  struct Needs {
    contract::FlowSink& sink;
    const base::Clock& clock;
    Losses& losses;
    std::size_t event_bytes;
  };
  Run(const asio::any_io_executor& executor, const Needs& needs)
      : executor_(executor),
        sink_(needs.sink),
        clock_(needs.clock),
        losses_(needs.losses),
        table_(needs.sink),
        events_(executor, {.protocol = NETLINK_SOCK_DIAG, .receive_bytes = needs.event_bytes}),
        wake_(executor) {
    events_.join(SKNLGRP_INET_TCP_DESTROY);
    events_.join(SKNLGRP_INET6_TCP_DESTROY);
  }

  void watch(const contract::WatchedPorts& ports) {
    ports_ = ports;
    std::ranges::sort(ports_.tcp);
    filter_by_port(events_.native_handle(), ports_.tcp);
    table_.forget_other_ports(ports_);
    lists_again_ = true;
    wake_.cancel();
  }

  io::Task<void> follow() {
    for (;;) {
      co_await events_.readable();
      const auto read =
          events_.read([this](std::span<const std::byte> datagram) { take_events(datagram); }, events_at_a_stretch);
      if (read != io::Netlink::Read::overrun) continue;
      ++losses_.overruns;
      lists_again_ = true;
      wake_.cancel();
    }
  }

  io::Task<void> list(std::optional<base::Milliseconds> every) {
    for (;;) {
      lists_again_ = false;
      co_await list_once();
      if (lists_again_) continue;
      wake_.expires_after(every.value_or(pause_for(table_.size())));
      boost::system::error_code woken;
      co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) co_return;
    }
  }

 private:
  bool is_watched(const DiagSocket& socket) const {
    return std::ranges::binary_search(ports_.tcp, socket.local.port.value_or(0));
  }

  void take_events(std::span<const std::byte> datagram) {
    const auto now = clock_.now();
    const bool whole = io::for_each_message(datagram, [&](const io::NetlinkMessage& message) {
      if (message.type != SOCK_DIAG_BY_FAMILY) return;
      const auto socket = read_socket(message.body);
      if (!socket) ++losses_.unreadable;
      // What listened has no peer.
      if (socket && is_watched(*socket) && socket->peer.port != 0 && socket->protocol != model::Protocol::udp)
        table_.destroyed(now, *socket);
    });
    if (!whole) ++losses_.unreadable;
  }

  io::Task<void> list_once() {
    const auto ports = ports_;
    health_.clear();
    table_.begin(clock_.now());
    for (const bool v6 : {false, true}) {
      if (!ports.tcp.empty()) co_await dump({v6, model::Protocol::tcp, tcp_states, ports.tcp, true, test_});
      if (!ports.udp.empty()) co_await dump({v6, model::Protocol::udp, udp_states, ports.udp, true, test_});
    }
    table_.end(clock_.now());
    auto text = health_.text(ports);
    if (text != told_) sink_.told(model::WitnessState::looking, told_ = std::move(text));
  }

  // In parts, with the loop in between.
  io::Task<void> dump(DumpOrder order) {
    io::Netlink socket(executor_, {.protocol = NETLINK_SOCK_DIAG});
    order.sequence = ++sequence_;
    socket.send(dump_request(order));
    const auto until = clock_.now() + answer_within;
    int error = 0;
    bool done = false;
    while (!done) {
      co_await socket.readable();
      const auto now = clock_.now();
      socket.read([&](std::span<const std::byte> datagram) { done |= take_dump(order, now, datagram, error); },
                  reads_at_a_stretch);
      if (!done && now > until) throw base::Failure("netlink", "the kernel's list of sockets does not end");
      co_await asio::post(executor_, asio::use_awaitable);
    }
    if (error == 0) co_return;
    if (error == EINVAL && order.test == PortTest::equal) {
      test_ = order.test = PortTest::range;
      co_await dump(order);
    } else if (error == ENOENT && !order.v6) {
      throw base::Failure("refused",
                          "this kernel cannot list sockets (sock_diag): load the modules tcp_diag and udp_diag");
    } else if (error != ENOENT) {
      throw base::Failure(error == EPERM || error == EACCES ? "refused" : "netlink",
                          std::string("the kernel did not list its sockets: ") + std::strerror(error));
    }
  }

  bool take_dump(const DumpOrder& order, base::Time now, std::span<const std::byte> datagram, int& error) {
    bool done = false;
    const bool whole = io::for_each_message(datagram, [&](const io::NetlinkMessage& message) {
      if (message.sequence != order.sequence) return;
      done |= message.type == NLMSG_DONE || message.type == NLMSG_ERROR;
      if (message.type == NLMSG_ERROR || message.type == NLMSG_DONE) error = -io::read_value<int>(message.body);
      if (message.type != SOCK_DIAG_BY_FAMILY) return;
      const auto socket = read_socket(message.body);
      if (!socket) ++losses_.unreadable;
      if (socket) take_listed(order.protocol, now, *socket);
    });
    if (!whole) ++losses_.unreadable;
    return done;
  }

  void take_listed(model::Protocol protocol, base::Time now, const DiagSocket& socket) {
    if (protocol == model::Protocol::udp) {
      if (socket.state == SocketState::established) {
        if (std::ranges::find(ports_.udp, socket.local.port.value_or(0)) != ports_.udp.end())
          table_.listed(now, socket);
      } else {
        health_.note_datagram(socket);
      }
    } else if (socket.state == SocketState::listening) {
      health_.note_listening(socket);
    } else if (socket.tcp && is_watched(socket)) {
      table_.listed(now, socket);
    }
  }

  asio::any_io_executor executor_;
  contract::FlowSink& sink_;
  const base::Clock& clock_;
  Losses& losses_;
  FlowTable table_;
  ServiceHealth health_;
  contract::WatchedPorts ports_;
  io::Netlink events_;
  asio::steady_timer wake_;
  std::string told_;
  PortTest test_ = PortTest::equal;
  std::uint32_t sequence_ = 0;
  bool lists_again_ = false;
};

class SocketsWitness : public contract::Witness {
 public:
  SocketsWitness(Config config, const base::Clock& clock) : config_(std::move(config)), clock_(clock) {}

  std::string_view kind() const override { return "sockets"; }
  model::CountedLayer layer() const override { return model::CountedLayer::payload; }

  io::Task<void> run(contract::FlowSink& sink) override {
    Run current(co_await asio::this_coro::executor, {sink, clock_, losses_, config_.event_bytes});
    const Presence presence(run_, current);
    current.watch(config_.ports);
    co_await io::together(current.follow(), current.list(config_.list_every));
  }

  void watch(const contract::WatchedPorts& ports) override {
    if (ports == config_.ports) return;
    config_.ports = ports;
    if (run_ != nullptr) run_->watch(ports);
  }

  std::vector<model::Loss> losses() const override {
    return {{"socket_events_overrun", losses_.overruns,
             "times that ends of connections came faster than they were read; the sockets were listed anew"},
            {"socket_messages_unreadable", losses_.unreadable, "messages of the kernel about sockets not understood"}};
  }

 private:
  // The run that can be told of other ports, while it lasts.
  class Presence {
   public:
    Presence(Run*& place, Run& run) : place_(place) { place_ = &run; }
    Presence(const Presence&) = delete;
    Presence& operator=(const Presence&) = delete;
    ~Presence() { place_ = nullptr; }

   private:
    Run*& place_;
  };

  Config config_;
  const base::Clock& clock_;
  Losses losses_;
  Run* run_ = nullptr;
};

}  // namespace

std::unique_ptr<contract::Witness> make_witness(const Config& config, const base::Clock& clock) {
  return std::make_unique<SocketsWitness>(config, clock);
}

}  // namespace davylamp::sockets
