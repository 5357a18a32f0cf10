#include "io/netlink.hpp"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <boost/asio/io_context.hpp>
#include <cstring>

namespace davylamp::io {
namespace {

struct Request {
  nlmsghdr header;
  ifinfomsg link;
};

Request links_request() {
  Request request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = RTM_GETLINK;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  return request;
}

TEST(Netlink, ListsTheInterfacesOfThisHost) {
  boost::asio::io_context loop;
  Netlink netlink(loop.get_executor(), {.protocol = NETLINK_ROUTE});
  const auto request = links_request();
  netlink.send(std::as_bytes(std::span(&request, 1)));
  std::size_t links = 0;
  bool done = false;
  for (int round = 0; round < 1000 && !done; ++round) {
    netlink.read([&](std::span<const std::byte> datagram) {
      nlmsghdr header{};
      for (auto rest = datagram; rest.size() >= sizeof header; rest = rest.subspan(NLMSG_ALIGN(header.nlmsg_len))) {
        std::memcpy(&header, rest.data(), sizeof header);
        links += header.nlmsg_type == RTM_NEWLINK ? 1 : 0;
        done = done || header.nlmsg_type == NLMSG_DONE;
        if (NLMSG_ALIGN(header.nlmsg_len) > rest.size()) break;
      }
    });
  }
  EXPECT_TRUE(done);
  EXPECT_GE(links, 1U);
}

TEST(Netlink, SaysNothingWhenNothingWaits) {
  boost::asio::io_context loop;
  Netlink netlink(loop.get_executor(), {.protocol = NETLINK_ROUTE});
  EXPECT_EQ(netlink.read([](std::span<const std::byte>) { FAIL(); }), Netlink::Read::nothing);
}

TEST(Netlink, AnUnknownSubsystemIsRefusedWithAFailure) {
  boost::asio::io_context loop;
  EXPECT_THROW(Netlink(loop.get_executor(), {.protocol = 31}), base::Failure);
}

TEST(Netlink, ADatagramThatDoesNotFitCountsAsAnOverrun) {
  boost::asio::io_context loop;
  Netlink netlink(loop.get_executor(), {.protocol = NETLINK_ROUTE, .read_bytes = 64});
  const auto request = links_request();
  netlink.send(std::as_bytes(std::span(&request, 1)));
  auto read = Netlink::Read::nothing;
  for (int round = 0; round < 1000 && read == Netlink::Read::nothing; ++round)
    read = netlink.read([](std::span<const std::byte>) {});
  EXPECT_EQ(read, Netlink::Read::overrun);
  EXPECT_EQ(netlink.overruns(), 1U);
}

}  // namespace
}  // namespace davylamp::io
