#include "sources/wireguard/uapi_decoder.hpp"

#include <gtest/gtest.h>

#include "sources/wireguard/testing/answers.hpp"

namespace davylamp::wireguard {
namespace {

using testing::key;
using testing::uapi_answer;
using testing::uapi_peer;

TEST(UapiDecoder, ReadsTheInterfaceAndItsPeers) {
  Device device;
  UapiDecoder decoder(device);
  const auto text = uapi_answer(uapi_peer(key(1), 644, 476, 1795233871) + uapi_peer(key(2), 1ULL << 40U, 3, 0));
  EXPECT_EQ(decoder.take(text), text.size());
  EXPECT_TRUE(decoder.finished());
  EXPECT_EQ(decoder.error(), 0);
  EXPECT_EQ(device.problems, 0U) << device.first_problem;
  EXPECT_EQ(device.listen_port, 51820);
  EXPECT_EQ(device.fwmark, 81U);
  ASSERT_EQ(device.peers.size(), 2U);
  const auto& peer = device.peers[0];
  EXPECT_EQ(peer.public_key, key(1));
  EXPECT_EQ(peer.rx_bytes, 644U);
  EXPECT_EQ(peer.tx_bytes, 476U);
  EXPECT_EQ(peer.handshake_ns, 1795233871'005000000);
  EXPECT_EQ(peer.endpoint->to_text(), "192.0.2.7:4000");
  EXPECT_EQ(peer.keepalive_seconds, 25);
  ASSERT_EQ(device.allowed_of(peer).size(), 2U);
  EXPECT_EQ(device.allowed_of(peer)[1].to_text(), "fd66::2/128");
  EXPECT_EQ(device.peers[1].rx_bytes, 1ULL << 40U);
}

TEST(UapiDecoder, AnAnswerInPiecesIsTheSame) {
  const auto text = uapi_answer(uapi_peer(key(1), 10, 20, 30) + uapi_peer(key(2), 11, 21, 31));
  for (std::size_t size = 1; size < 90; size += 7) {
    Device device;
    UapiDecoder decoder(device);
    std::string held;
    for (std::size_t at = 0; at < text.size(); at += size) {
      held += text.substr(at, size);
      held.erase(0, decoder.take(held));
    }
    EXPECT_TRUE(decoder.finished());
    ASSERT_EQ(device.peers.size(), 2U);
    EXPECT_EQ(device.peers[1].tx_bytes, 21U);
    EXPECT_EQ(device.problems, 0U);
  }
}

TEST(UapiDecoder, TakesNothingBehindTheEnd) {
  Device device;
  UapiDecoder decoder(device);
  const auto text = uapi_answer("");
  EXPECT_EQ(decoder.take(text + text), text.size());
}

TEST(UapiDecoder, AnErrorIsTold) {
  Device device;
  UapiDecoder decoder(device);
  decoder.take("errno=-22\n\n");
  EXPECT_TRUE(decoder.finished());
  EXPECT_EQ(decoder.error(), -22);
}

TEST(UapiDecoder, WhatIsNoneOfItIsAProblemThatQuotesNothing) {
  for (const std::string& line : std::vector<std::string>{
           "public_key=00ff", "public_key=" + std::string(64, 'g'), std::string("no sign here"),
           "public_key=" + testing::hex(key(1)) + "\nrx_bytes=-1",
           "public_key=" + testing::hex(key(1)) + "\nendpoint=here",
           "public_key=" + testing::hex(key(1)) + "\nallowed_ip=10.0.0.0/33",
           "public_key=" + testing::hex(key(1)) + "\nlast_handshake_time_nsec=1000000000",
           "public_key=" + testing::hex(key(1)) + "\nlast_handshake_time_sec=9223372036854775807", std::string("=4"),
           std::string("listen_port=65536"), std::string("fwmark=x"), std::string("errno=foo")}) {
    Device device;
    UapiDecoder decoder(device);
    decoder.take("private_key=" + testing::private_hex + "\n" + line + "\nerrno=0\n\n");
    EXPECT_EQ(device.problems, 1U) << line;
    EXPECT_TRUE(decoder.finished());
    EXPECT_FALSE(device.first_problem.contains(testing::private_hex));
    EXPECT_FALSE(device.first_problem.contains("0x"));
  }
}

TEST(UapiDecoder, WordsOfKindredProgramsAreNoProblem) {
  Device device;
  UapiDecoder decoder(device);
  decoder.take("jc=4\nh1=5\npublic_key=" + testing::hex(key(1)) + "\nadvanced_security=true\nrx_bytes=7\nerrno=0\n\n");
  EXPECT_EQ(device.problems, 0U);
  ASSERT_EQ(device.peers.size(), 1U);
  EXPECT_EQ(device.peers[0].rx_bytes, 7U);
}

TEST(UapiDecoder, LinesOfAPeerWithoutAKeyBelongToNobody) {
  Device device;
  UapiDecoder decoder(device);
  decoder.take("public_key=" + testing::hex(key(1)) + "\nrx_bytes=1\npublic_key=zz\nrx_bytes=2\nerrno=0\n\n");
  ASSERT_EQ(device.peers.size(), 1U);
  EXPECT_EQ(device.peers[0].rx_bytes, 1U);
}

TEST(Key, HasTheTextsOfBothTools) {
  const std::string text = "udFq5c4VJY1le2S3HO0fv4S2X3Eim8XRFLm810/doxE=";
  const auto read = Key::from_base64(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->to_base64(), text);
  EXPECT_EQ(Key::from_hex(testing::hex(*read)), read);
  EXPECT_FALSE(Key::from_base64("udFq5c4VJY1le2S3HO0fv4S2X3Eim8XRFLm810/doxF="));
  EXPECT_FALSE(Key::from_base64("udFq5c4VJY1le2S3HO0fv4S2X3Eim8XRFLm810/dox*="));
  EXPECT_FALSE(Key::from_base64("PEERKEY1"));
}

TEST(Endpoint, MayHaveAZone) {
  EXPECT_EQ(parse_endpoint("[fe80::1%eth0]:51820")->to_text(), "[fe80::1]:51820");
  EXPECT_FALSE(parse_endpoint("192.0.2.1"));
  EXPECT_FALSE(parse_endpoint("192.0.2.1:70000"));
}

}  // namespace
}  // namespace davylamp::wireguard
