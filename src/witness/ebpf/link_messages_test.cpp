#include "witness/ebpf/link_messages.hpp"

#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstring>
#include <string>

#include "witness/ebpf/device_roles.hpp"

namespace davylamp::ebpf {
namespace {

using Bytes = std::vector<std::byte>;

template <class Header>
void append(Bytes& bytes, const Header& header) {
  const auto* begin = reinterpret_cast<const std::byte*>(&header);
  bytes.insert(bytes.end(), begin, begin + sizeof header);
}

Bytes message(std::uint16_t type, int index, unsigned flags, const std::string& name) {
  ifinfomsg device{};
  device.ifi_index = index;
  device.ifi_flags = flags;
  rtattr mtu{sizeof(rtattr) + 4, IFLA_MTU};
  rtattr attribute{static_cast<unsigned short>(sizeof(rtattr) + name.size() + 1), IFLA_IFNAME};
  Bytes body;
  append(body, device);
  append(body, mtu);
  append(body, std::uint32_t{1500});
  append(body, attribute);
  for (const char c : name + '\0') body.push_back(static_cast<std::byte>(c));
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + body.size());
  header.nlmsg_type = type;
  Bytes all;
  append(all, header);
  all.insert(all.end(), body.begin(), body.end());
  while (all.size() % 4 != 0) all.push_back(std::byte{0});
  return all;
}

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

TEST(LinkMessages, TellDevicesInOrder) {
  const auto all =
      parse_link_messages(message(RTM_NEWLINK, 2, IFF_UP, "eth0") +
                          message(RTM_NEWLINK, 1, IFF_UP | IFF_LOOPBACK, "lo") + message(RTM_DELLINK, 9, 0, "ppp17"));
  ASSERT_EQ(all.links.size(), 3U);
  EXPECT_EQ(all.links[0], (Link{2, "eth0", true, false, false}));
  EXPECT_EQ(all.links[1], (Link{1, "lo", true, true, false}));
  EXPECT_EQ(all.links[2], (Link{9, "ppp17", false, false, true}));
  EXPECT_FALSE(all.done);
}

TEST(LinkMessages, EndOfAListing) {
  nlmsghdr end{};
  end.nlmsg_len = sizeof end;
  end.nlmsg_type = NLMSG_DONE;
  Bytes bytes = message(RTM_NEWLINK, 2, 0, "eth0");
  append(bytes, end);
  const auto all = parse_link_messages(bytes);
  EXPECT_TRUE(all.done);
  EXPECT_EQ(all.links.size(), 1U);
}

TEST(LinkMessages, APortThatLeavesItsBridgeIsStillThere) {
  auto bytes = message(RTM_DELLINK, 2, IFF_UP, "eth0");
  bytes[sizeof(nlmsghdr)] = std::byte{AF_BRIDGE};
  EXPECT_TRUE(parse_link_messages(bytes).links.empty());
}

TEST(LinkMessages, WhatIsCutOffIsLeftOut) {
  const auto whole = message(RTM_NEWLINK, 2, IFF_UP, "eth0");
  for (std::size_t size = 0; size + 3 < whole.size(); ++size)
    EXPECT_TRUE(parse_link_messages(std::span(whole).first(size)).links.empty()) << size;
}

TEST(DeviceChoice, TakesEveryDeviceButLoopbackAndTheInnerOnes) {
  const DeviceChoice choice{{}, {"tun*"}};
  EXPECT_EQ(choice.role_of({2, "eth0", true, false, false}), DeviceRole::uplink);
  EXPECT_EQ(choice.role_of({3, "tun7", true, false, false}), DeviceRole::inner);
  EXPECT_EQ(choice.role_of({1, "lo", true, true, false}), DeviceRole::none);
  EXPECT_EQ(choice.role_of({4, "eth1", false, false, false}), DeviceRole::none) << "it is down";
  EXPECT_EQ(choice.role_of({2, "eth0", true, false, true}), DeviceRole::none) << "it is gone";
}

TEST(DeviceChoice, TakesNamedUplinksOnlyLoopbackToo) {
  const DeviceChoice choice{{"lo", "wan?"}, {}};
  EXPECT_EQ(choice.role_of({1, "lo", true, true, false}), DeviceRole::uplink);
  EXPECT_EQ(choice.role_of({5, "wan1", true, false, false}), DeviceRole::uplink);
  EXPECT_EQ(choice.role_of({2, "eth0", true, false, false}), DeviceRole::none);
}

}  // namespace
}  // namespace davylamp::ebpf
