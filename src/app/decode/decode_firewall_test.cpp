#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "app/decode/decode.hpp"

namespace davylamp::app {
namespace {

struct Decoded {
  int exit_code = 0;
  std::string text;
};

Decoded decode(std::string_view format, const std::string& input) {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const std::vector<std::string_view> arguments{format, "-"};
  const auto exit_code = run_decode(arguments, in, out, err);
  EXPECT_EQ(err.str(), "");
  return {exit_code, out.str()};
}

TEST(DecodeFirewall, TellsEveryFieldOfAPacket) {
  const auto decoded = decode("firewall",
                              "<4>1 2026-11-21T03:58:42Z gate kernel - - - [UFW BLOCK] IN=eth0 OUT= MAC=02:00 "
                              "SRC=198.51.100.9 DST=192.0.2.1 LEN=60 TTL=52 PROTO=TCP SPT=40000 DPT=22 SYN URGP=0\n");
  EXPECT_EQ(decoded.exit_code, 0);
  EXPECT_EQ(
      decoded.text,
      R"({"kind":"packet","line":1,"at":1795233522,"host":"gate","program":"kernel","prefix":"[UFW BLOCK]",)"
      R"("in_interface":"eth0","hardware":"02:00","source":"198.51.100.9","source_port":40000,)"
      R"("destination":"192.0.2.1","destination_port":22,"protocol":"tcp","protocol_number":6,"length":60,"ttl":52,)"
      R"("flags":["SYN"]})"
      "\n"
      R"({"kind":"summary","format":"text","packets":1,"problems":0,"lost":0})"
      "\n");
}

TEST(DecodeFirewall, SaysWhichLinesItLeftOut) {
  const auto decoded =
      decode("firewall", "IN=a OUT= SRC=192.0.2.1 DST=192.0.2.2 PROTO=2\n\nusb 1-1: new\nIN=a OUT= SRC=x DST=y\n");
  EXPECT_EQ(decoded.exit_code, 1);
  EXPECT_NE(decoded.text.find(R"({"kind":"problem","line":3,"what":"not a line of a firewall: usb 1-1: new"})"),
            std::string::npos);
  EXPECT_NE(decoded.text.find(R"({"kind":"problem","line":4,"what":"'x' is no address"})"), std::string::npos);
  EXPECT_EQ(decode("firewall", "nothing\n").exit_code, 2);
  EXPECT_EQ(decode("firewall", "").exit_code, 2);
}

TEST(DecodeFirewall, ReadsARecordingOfNflogAndCountsItsGaps) {
  std::ifstream file(DAVYLAMP_SOURCE_DIR "/fuzz/seeds/firewall/nflog.bin", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto decoded = decode("firewall", bytes);
  EXPECT_EQ(decoded.exit_code, 0);
  EXPECT_EQ(decoded.text.substr(0, decoded.text.find('\n')),
            R"({"kind":"packet","line":1,"at":1795233522.340,"group":7,"sequence":1,"global_sequence":1,"in_index":3,)"
            R"("prefix":"[VPN-CONN]","source":"198.51.100.9","source_port":40000,"destination":"192.0.2.1",)"
            R"("destination_port":1194,"protocol":"udp","protocol_number":17,"length":29,"ttl":63})");
  EXPECT_NE(decoded.text.find(R"("packets":3,"problems":0,"lost":2)"), std::string::npos);
  EXPECT_EQ(decode("firewall", bytes.substr(0, bytes.size() - 5)).exit_code, 1);
}

TEST(DecodeOpenvpnLog, TellsLinesAndTheAttemptsTheyMake) {
  const auto decoded =
      decode("openvpn-log",
             "2026-11-21T03:58:42Z h ovpn[7]: 192.0.2.1:5 VERIFY ERROR: depth=0, error=x: C=RO, CN=anna\n"
             "2026-11-21T03:58:43Z h ovpn[7]: 192.0.2.1:5 TLS Error: TLS handshake failed\nInitialization done\n");
  EXPECT_EQ(decoded.exit_code, 0);
  EXPECT_EQ(
      decoded.text,
      R"({"kind":"failure","line":1,"at":1795233522,"why":"certificate_rejected","address":"192.0.2.1","port":5,"user":"anna"})"
      "\n"
      R"({"kind":"attempt","at":1795233522,"why":"certificate_rejected","address":"192.0.2.1","port":5,"user":"anna"})"
      "\n"
      R"({"kind":"failure","line":2,"at":1795233523,"why":"tls_error","address":"192.0.2.1","port":5})"
      "\n"
      R"({"kind":"summary","lines":3,"failures":2,"attempts":1,"other_lines":1})"
      "\n");
}

}  // namespace
}  // namespace davylamp::app
