#include "sources/wireguard/kernel_decoder.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/wireguard.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>

#include "sources/wireguard/testing/answers.hpp"

namespace davylamp::wireguard {
namespace {

using testing::key;
using Bytes = std::vector<std::byte>;

Bytes bytes_of(const void* from, std::size_t size) {
  const auto* first = static_cast<const std::byte*>(from);
  return {first, first + size};
}
template <class T>
Bytes bytes_of(const T& value) {
  return bytes_of(&value, sizeof value);
}

void add(Bytes& out, std::uint16_t type, const Bytes& payload) {
  const nlattr head{static_cast<std::uint16_t>(sizeof(nlattr) + payload.size()), type};
  const auto text = bytes_of(head);
  out.insert(out.end(), text.begin(), text.end());
  out.insert(out.end(), payload.begin(), payload.end());
  out.resize((out.size() + 3) & ~std::size_t{3});
}

Bytes message(std::uint16_t type, std::uint32_t sequence, const Bytes& payload) {
  nlmsghdr head{};
  head.nlmsg_len = static_cast<std::uint32_t>(sizeof head + payload.size());
  head.nlmsg_type = type;
  head.nlmsg_flags = NLM_F_MULTI;
  head.nlmsg_seq = sequence;
  Bytes out = bytes_of(head);
  out.insert(out.end(), payload.begin(), payload.end());
  out.resize((out.size() + 3) & ~std::size_t{3});
  return out;
}

Bytes device_message(std::uint32_t sequence, const Bytes& attributes) {
  Bytes payload = bytes_of(genlmsghdr{WG_CMD_GET_DEVICE, 1, 0});
  payload.insert(payload.end(), attributes.begin(), attributes.end());
  return message(0x1d, sequence, payload);
}

Bytes ending(std::int32_t code, std::uint16_t type = NLMSG_DONE) {
  return message(type, 7, bytes_of(code));
}

Bytes allowed(std::uint8_t last) {
  const std::array<std::uint8_t, 4> address{10, 66, 0, last};
  Bytes one;
  add(one, WGALLOWEDIP_A_FAMILY, bytes_of(static_cast<std::uint16_t>(AF_INET)));
  add(one, WGALLOWEDIP_A_IPADDR, bytes_of(address));
  add(one, WGALLOWEDIP_A_CIDR_MASK, bytes_of(static_cast<std::uint8_t>(32)));
  return one;
}

Bytes interface_attributes() {
  Bytes out;
  add(out, WGDEVICE_A_IFINDEX, bytes_of(std::uint32_t{9}));
  add(out, WGDEVICE_A_IFNAME, bytes_of("wg0", 4));
  add(out, WGDEVICE_A_PRIVATE_KEY, Bytes(32, std::byte{0x77}));
  add(out, WGDEVICE_A_PUBLIC_KEY, bytes_of(key(9).bytes));
  add(out, WGDEVICE_A_LISTEN_PORT, bytes_of(std::uint16_t{51820}));
  return out;
}

Bytes peer_attributes(const Key& key, std::uint64_t rx) {
  sockaddr_in6 endpoint{};
  endpoint.sin6_family = AF_INET6;
  endpoint.sin6_port = htons(4000);
  inet_pton(AF_INET6, "2001:db8::5", &endpoint.sin6_addr);
  const std::array<std::int64_t, 2> handshake{1795233871, 250};
  Bytes out;
  add(out, WGPEER_A_PUBLIC_KEY, bytes_of(key.bytes));
  add(out, WGPEER_A_PRESHARED_KEY, Bytes(32, std::byte{0x78}));
  add(out, WGPEER_A_ENDPOINT, bytes_of(endpoint));
  add(out, WGPEER_A_LAST_HANDSHAKE_TIME, bytes_of(handshake));
  add(out, WGPEER_A_RX_BYTES, bytes_of(rx));
  add(out, WGPEER_A_TX_BYTES, bytes_of(std::uint64_t{5}));
  Bytes list;
  add(list, 0 | NLA_F_NESTED, allowed(2));
  add(out, WGPEER_A_ALLOWEDIPS | NLA_F_NESTED, list);
  return out;
}

Bytes with_peers(Bytes attributes, const std::vector<Bytes>& peers) {
  Bytes list;
  for (const auto& peer : peers) add(list, 0 | NLA_F_NESTED, peer);
  add(attributes, WGDEVICE_A_PEERS | NLA_F_NESTED, list);
  return attributes;
}

TEST(KernelDecoder, ReadsADeviceOfOneMessage) {
  Device device;
  KernelDecoder decoder(device, 7);
  decoder.take(device_message(7, with_peers(interface_attributes(), {peer_attributes(key(1), 1ULL << 40U)})));
  EXPECT_FALSE(decoder.finished());
  decoder.take(ending(0));
  EXPECT_TRUE(decoder.finished());
  EXPECT_EQ(decoder.error(), 0);
  EXPECT_EQ(device.problems, 0U) << device.first_problem;
  EXPECT_EQ(device.interface, "wg0");
  EXPECT_EQ(device.interface_index, 9U);
  EXPECT_EQ(device.public_key, key(9));
  ASSERT_EQ(device.peers.size(), 1U);
  EXPECT_EQ(device.peers[0].rx_bytes, 1ULL << 40U);
  EXPECT_EQ(device.peers[0].endpoint->to_text(), "[2001:db8::5]:4000");
  EXPECT_EQ(device.peers[0].handshake_ns, 1795233871'000000250);
  EXPECT_EQ(device.allowed_of(device.peers[0])[0].to_text(), "10.66.0.2/32");
}

TEST(KernelDecoder, APeerThatGoesOnInTheNextMessageIsOne) {
  Bytes rest;
  add(rest, WGPEER_A_PUBLIC_KEY, bytes_of(key(1).bytes));
  Bytes list;
  add(list, 0 | NLA_F_NESTED, allowed(3));
  add(list, 0 | NLA_F_NESTED, allowed(4));
  add(rest, WGPEER_A_ALLOWEDIPS | NLA_F_NESTED, list);
  Device device;
  KernelDecoder decoder(device, 7);
  decoder.take(device_message(7, with_peers(interface_attributes(), {peer_attributes(key(1), 10)})));
  decoder.take(device_message(7, with_peers(interface_attributes(), {rest, peer_attributes(key(2), 20)})));
  decoder.take(ending(0));
  ASSERT_EQ(device.peers.size(), 2U);
  EXPECT_EQ(device.peers[0].rx_bytes, 10U);
  EXPECT_EQ(device.allowed_of(device.peers[0]).size(), 3U);
  EXPECT_EQ(device.allowed_of(device.peers[0])[2].to_text(), "10.66.0.4/32");
  EXPECT_EQ(device.allowed_of(device.peers[1]).size(), 1U);
}

TEST(KernelDecoder, TheEndMayCarryAnError) {
  Device device;
  KernelDecoder of_end(device, 7);
  of_end.take(ending(-EINTR));
  EXPECT_EQ(of_end.error(), EINTR);
  KernelDecoder of_error(device, 7);
  of_error.take(ending(-ENODEV, NLMSG_ERROR));
  EXPECT_TRUE(of_error.finished());
  EXPECT_EQ(of_error.error(), ENODEV);
}

TEST(KernelDecoder, AnswersToOthersAreLeftOut) {
  Device device;
  KernelDecoder decoder(device, 8);
  decoder.take(device_message(7, with_peers(interface_attributes(), {peer_attributes(key(1), 10)})));
  EXPECT_TRUE(device.peers.empty());
}

TEST(KernelDecoder, ACutAnywhereIsAProblemOrNothing) {
  const auto whole = device_message(7, with_peers(interface_attributes(), {peer_attributes(key(1), 10)}));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Device device;
    KernelDecoder decoder(device);
    decoder.take(std::span(whole).first(size));
    EXPECT_EQ(device.problems == 0, size == 0) << size;
  }
  // The message is whole, what is in it is not.
  for (std::size_t size = 0; size < whole.size(); size += 4) {
    auto cut = Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    if (size < sizeof(nlmsghdr)) continue;
    const auto length = static_cast<std::uint32_t>(size);
    std::memcpy(cut.data(), &length, sizeof length);
    Device device;
    KernelDecoder decoder(device);
    decoder.take(cut);
    EXPECT_LE(device.peers.size(), 1U);
  }
}

TEST(KernelDecoder, FindsTheFamily) {
  Bytes attributes = bytes_of(genlmsghdr{CTRL_CMD_NEWFAMILY, 1, 0});
  add(attributes, CTRL_ATTR_FAMILY_ID, bytes_of(std::uint16_t{0x21}));
  EXPECT_EQ(read_family(message(GENL_ID_CTRL, 3, attributes), 3)->family, 0x21);
  EXPECT_FALSE(read_family(message(GENL_ID_CTRL, 3, attributes), 4));
  const auto none = read_family(message(NLMSG_ERROR, 3, bytes_of(std::int32_t{-ENOENT})), 3);
  EXPECT_FALSE(none->family);
  EXPECT_EQ(none->error, ENOENT);
}

TEST(KernelDecoder, RequestsNameWhatTheyWant) {
  const auto request = device_request(0x21, 5, "wg0");
  nlmsghdr head;
  std::memcpy(&head, request.data(), sizeof head);
  EXPECT_EQ(head.nlmsg_len, request.size());
  EXPECT_EQ(head.nlmsg_type, 0x21);
  EXPECT_EQ(head.nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
  EXPECT_EQ(std::memcmp(request.data() + 24, "wg0", 4), 0);
}

}  // namespace
}  // namespace davylamp::wireguard
