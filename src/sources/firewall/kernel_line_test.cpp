#include "sources/firewall/kernel_line.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/text.hpp"
#include "sources/firewall/log_line.hpp"

namespace davylamp::firewall {
namespace {

// The packet of a whole line, with its envelope. The text must outlive it.
Packet packet_of(std::string_view text) {
  const auto packet = read_kernel_line(read_log_line(text).message);
  EXPECT_TRUE(packet) << text;
  if (!packet) return {};
  EXPECT_TRUE(*packet) << text;
  return packet->value_or(Packet{});
}

std::string source_of(const Packet& packet) {
  return packet.source ? packet.source->to_string() : "";
}

TEST(KernelLine, ReadsATcpPacket) {
  const auto packet = packet_of(
      "Feb 11 20:36:51 linux kernel: [463590.337950] [UFW BLOCK] IN=eth1 OUT= "
      "MAC=23:87:fc:c6:24:58:00:21:3f:98:99:78:09:00 SRC=192.0.2.55 DST=192.0.2.1 LEN=44 TOS=0x00 PREC=0x00 TTL=52 "
      "ID=31448 DF PROTO=TCP SPT=56248 DPT=23 WINDOW=2048 RES=0x00 SYN URGP=0 OPT (020405B4) ");
  EXPECT_EQ(packet.prefix, "[UFW BLOCK]");
  EXPECT_EQ(packet.in_interface, "eth1");
  EXPECT_EQ(packet.out_interface, "");
  EXPECT_EQ(packet.hardware, "23:87:fc:c6:24:58:00:21:3f:98:99:78:09:00");
  EXPECT_EQ(source_of(packet), "192.0.2.55");
  EXPECT_EQ(packet.destination->to_string(), "192.0.2.1");
  EXPECT_EQ(protocol_name(packet.protocol), "tcp");
  EXPECT_EQ(packet.source_port, 56'248);
  EXPECT_EQ(packet.destination_port, 23);
  EXPECT_EQ(packet.length, 44U);
  EXPECT_EQ(packet.hops, 52);
  EXPECT_EQ(packet.tcp_flags, syn);
}

TEST(KernelLine, TakesTheLengthOfThePacketNotOfTheDatagram) {
  const auto packet = packet_of(
      "[ 2713.884862] [VPN-CONN] IN=tun0 OUT= MAC= SRC=10.8.0.2 DST=10.8.0.1 LEN=34 TOS=0x00 PREC=0x00 TTL=64 ID=64285 "
      "DF PROTO=UDP SPT=58243 DPT=9 LEN=14 ");
  EXPECT_EQ(packet.prefix, "[VPN-CONN]");
  EXPECT_EQ(packet.length, 34U);
  EXPECT_EQ(packet.hardware, "");
}

TEST(KernelLine, CountsThePacketOutsideTheBracketsOfAnIcmpError) {
  const auto packet = packet_of(
      "IN=eth0 OUT= MAC= SRC=192.0.2.9 DST=192.0.2.1 LEN=56 TOS=0x00 PREC=0x00 TTL=64 ID=7 PROTO=ICMP TYPE=3 CODE=1 "
      "[SRC=10.0.0.1 DST=10.0.0.2 LEN=40 TOS=0x00 PREC=0x00 TTL=1 ID=8 PROTO=UDP SPT=1 DPT=2 LEN=20 ] MTU=1400 "
      "MARK=0x1");
  EXPECT_EQ(source_of(packet), "192.0.2.9");
  EXPECT_EQ(packet.length, 56U);
  EXPECT_EQ(packet.hops, 64);
  EXPECT_EQ(protocol_name(packet.protocol), "icmp");
  EXPECT_EQ(packet.icmp_type, 3);
  EXPECT_EQ(packet.icmp_code, 1);
  EXPECT_EQ(packet.source_port, std::nullopt);
  EXPECT_EQ(packet.destination_port, std::nullopt);
}

TEST(KernelLine, ReadsIpv6InItsFullForm) {
  const auto packet = packet_of(
      "kernel: DROP IN=eth0 OUT=eth1 MAC= SRC=2001:0db8:0000:0000:0000:0000:0000:0012 "
      "DST=ff02:0000:0000:0000:0000:0000:0000:00fb LEN=527 TC=0 HOPLIMIT=255 FLOWLBL=804001 PROTO=UDP SPT=5353 "
      "DPT=5353 "
      "LEN=487");
  EXPECT_EQ(source_of(packet), "2001:db8::12");
  EXPECT_EQ(packet.hops, 255);
  EXPECT_EQ(packet.out_interface, "eth1");
}

TEST(KernelLine, KnowsProtocolsByNameAndNumber) {
  EXPECT_EQ(packet_of("IN=a OUT= SRC=192.0.2.1 DST=224.0.0.1 LEN=32 PROTO=2").protocol, 2);
  const auto esp = packet_of("IN=a OUT= SRC=192.0.2.1 DST=192.0.2.2 LEN=32 PROTO=ESP SPI=0xc0ffee01 ");
  EXPECT_EQ(protocol_name(esp.protocol), "esp");
  EXPECT_EQ(esp.spi, 0xC0FFEE01U);
  EXPECT_EQ(packet_of("IN=a OUT= SRC=192.0.2.1 DST=192.0.2.2 PROTO=NEW").protocol, 255);
}

TEST(KernelLine, FindsThePrefixHoweverItIsGlued) {
  const std::string fields = "IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2 LEN=40 PROTO=TCP SPT=1 DPT=2 SYN URGP=0";
  for (const auto& [text, prefix] : std::vector<std::pair<std::string, std::string>>{
           {"Nov 21 03:58:42 h kernel: [ 1.5] Shorewall:net-fw:DROP:" + fields, "Shorewall:net-fw:DROP:"},
           {"Nov 21 03:58:42 h kernel: DROP" + fields, "DROP"},
           {"Nov 21 03:58:42 h kernel: SFW2-INext-DROP-DEFLT " + fields, "SFW2-INext-DROP-DEFLT"},
           {"<4>Nov 21 03:58:42 gw [WAN_LOCAL-default-D]" + fields, "[WAN_LOCAL-default-D]"},
           {"<4>1 2026-11-21T03:58:42.5+01:00 h kernel - - - FINAL_REJECT: " + fields, "FINAL_REJECT:"},
           {"2026-11-21T03:58:42.123456+02:00 h kernel: [12.5] filter_IN_public_REJECT: " + fields,
            "filter_IN_public_REJECT:"},
           {"4,1811,2712404686,-;[VPN-CONN] " + fields, "[VPN-CONN]"},
           {"1795219122.340080 h kernel: X " + fields, "X"},
           {"Sat 2026-11-21 03:58:42 UTC h kernel: X " + fields, "X"},
           {"[Sat Nov 21 03:58:42 2026] X " + fields, "X"},
           {fields, ""}}) {
    EXPECT_EQ(packet_of(text).prefix, prefix) << text;
    EXPECT_EQ(packet_of(text).destination_port, 2) << text;
  }
}

TEST(KernelLine, ReadsProxmoxWhichHasNoOut) {
  const auto packet = packet_of(
      "0 6 PVEFW-HOST-IN 04/Jan/2026:10:10:10 +0100 policy DROP: IN=vmbr0 PHYSIN=eno1 MAC=01:02 SRC=192.0.2.7 "
      "DST=192.0.2.8 LEN=40 TOS=0x00 PREC=0x00 TTL=245 ID=1 PROTO=TCP SPT=3 DPT=8006 SEQ=1 ACK=0 WINDOW=1024 SYN");
  EXPECT_EQ(packet.in_interface, "vmbr0");
  EXPECT_EQ(packet.destination_port, 8006);
  EXPECT_EQ(packet.tcp_flags, syn);
}

TEST(KernelLine, LeavesOtherLinesAlone) {
  for (const auto* text : {"", "usb 1-1: new device", "XX=enp1s0 OUT= MAC= SRC=192.0.2.1 DST=192.0.2.2 LEN=40",
                           "PHYSIN=eth0 OUT= x", "IN=", "IN=eth0", "MAIN=eth0 something"}) {
    EXPECT_FALSE(read_kernel_line(text)) << text;
  }
  EXPECT_FALSE(*read_kernel_line("IN=eth0 OUT= MAC="));
  EXPECT_FALSE(*read_kernel_line("IN=eth0 OUT= SRC=192.0.2.300 DST=192.0.2.1 PROTO=TCP"));
}

// Every line of the corpus but the one that is no packet, and none of the files that hold other programs' lines.
TEST(KernelLine, ReadsTheCorpus) {
  const auto* corpus = std::getenv("DAVYLAMP_CORPUS");
  const std::filesystem::path folder(corpus != nullptr ? corpus : DAVYLAMP_SOURCE_DIR "/../shared/corpus");
  if (!std::filesystem::exists(folder / "firewall")) GTEST_SKIP() << "no corpus in " << folder;
  std::size_t packets = 0;
  std::vector<std::string> left;
  for (const auto* part : {"psad", "crowdsec", "logstash"}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder / "firewall" / part)) {
      if (entry.path().extension() == ".assert") continue;
      std::ifstream file(entry.path());
      for (std::string line; std::getline(file, line);) {
        const auto packet = read_kernel_line(read_log_line(line).message);
        if (!packet || !*packet) {
          left.push_back(line);
          continue;
        }
        ++packets;
        EXPECT_TRUE((*packet)->source && (*packet)->destination) << line;
        EXPECT_NE((*packet)->protocol, 0) << line;
      }
    }
  }
  EXPECT_GT(packets, 1'700U);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_NE(left.front().find("XX=enp1s0"), std::string::npos);
}

}  // namespace
}  // namespace davylamp::firewall
