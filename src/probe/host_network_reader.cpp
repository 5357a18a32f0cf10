#include <linux/rtnetlink.h>
#include <poll.h>

#include <boost/asio/io_context.hpp>
#include <cstring>

#include "base/result.hpp"
#include "io/netlink.hpp"
#include "io/netlink_messages.hpp"
#include "probe/host_network.hpp"

namespace davylamp::probe {
namespace {

constexpr int answer_within_milliseconds = 2'000;

class Reader : public HostNetworkReader {
 public:
  HostNetwork read() override {
    HostNetwork network;
    ask(links_question(++sequence_), [&](const io::NetlinkMessage& message) {
      if (message.type != RTM_NEWLINK) return;
      if (auto link = read_host_link(message.body)) network.links.push_back(std::move(*link));
    });
    network.way_v4 = way(Family::v4);
    network.way_v6 = way(Family::v6);
    return network;
  }

 private:
  std::optional<int> way(Family family) {
    std::optional<int> index;
    ask(route_question(family, ++sequence_), [&](const io::NetlinkMessage& message) {
      if (message.type == RTM_NEWROUTE) index = read_route(message.body);
    });
    return index;
  }

  // Until the end of a list, an error (no way there) or the one answer to a question about a way.
  template <class Take>
  void ask(const std::vector<std::byte>& question, Take&& take) {
    kernel_.send(question);
    bool done = false;
    while (!done) {
      pollfd waiting{kernel_.native_handle(), POLLIN, 0};
      if (::poll(&waiting, 1, answer_within_milliseconds) != 1)
        throw base::Failure("netlink", "the kernel did not list its interfaces and routes in time");
      kernel_.read([&](std::span<const std::byte> datagram) {
        io::for_each_message(datagram, [&](const io::NetlinkMessage& message) {
          if (message.sequence != sequence_) return;
          done = done || message.type != RTM_NEWLINK;
          take(message);
        });
      });
    }
  }

  boost::asio::io_context unused_;
  io::Netlink kernel_{unused_.get_executor(), {.protocol = NETLINK_ROUTE, .read_bytes = 32 * 1024}};
  std::uint32_t sequence_ = 0;
};

}  // namespace

std::unique_ptr<HostNetworkReader> make_host_network_reader() {
  return std::make_unique<Reader>();
}

}  // namespace davylamp::probe
