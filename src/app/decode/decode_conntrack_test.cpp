#include "app/decode/decode_conntrack.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "app/decode/testing/decoded.hpp"
#include "base/text.hpp"
#include "witness/conntrack/list_request.hpp"

namespace davylamp::app {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;
using testing::HasSubstr;

Decoded decode(std::string_view input) {
  return decoded_by(decode_conntrack, input);
}

json::object one(std::string_view line) {
  const auto decoded = decode(line);
  EXPECT_EQ(decoded.outcome, DecodeOutcome::understood) << decoded.text;
  EXPECT_EQ(decoded.of_kind("connection").size(), 1U) << decoded.text;
  return decoded.of_kind("connection").empty() ? json::object{} : decoded.of_kind("connection")[0];
}

std::string number(const json::object& object, std::string_view name) {
  return object.contains(name) ? json::serialize(object.at(name)) : "absent";
}

TEST(DecodeConntrack, AListedConnectionBothWays) {
  EXPECT_EQ(
      decode("ipv4     2 udp      17 118 src=192.0.2.7 dst=198.51.100.1 sport=45090 dport=1194 packets=22 bytes=6055 "
             "src=10.0.0.5 dst=192.0.2.7 sport=11940 dport=45090 packets=16 bytes=5342 [ASSURED] mark=66 zone=5 "
             "delta-time=14 use=1 id=336102127\n")
          .text,
      R"({"kind":"connection","family":"ipv4","protocol":"udp","protocol_number":17,"timeout_seconds":118,)"
      R"("original":{"source":"192.0.2.7","destination":"198.51.100.1","source_port":45090,"destination_port":1194,)"
      R"("packets":22,"bytes":6055},"reply":{"source":"10.0.0.5","destination":"192.0.2.7","source_port":11940,)"
      R"("destination_port":45090,"packets":16,"bytes":5342},"packets":38,"bytes":11397,"assured":true,"mark":66,)"
      R"("zone":5,"id":336102127,"use":1,"duration_seconds":14})"
      "\n"
      R"({"kind":"summary","format":"text","connections":1,"packets":38,"bytes":11397,"expectations":0,)"
      R"("statistics":0,"notes":0,"problems":0})"
      "\n");
}

TEST(DecodeConntrack, EventsWithAndWithoutTimes) {
  const auto begun =
      one("[1747681234.567890]\t    [NEW] tcp      6 120 SYN_SENT src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 "
          "[UNREPLIED] src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1");
  EXPECT_EQ(begun.at("event").as_string(), "new");
  EXPECT_EQ(begun.at("state").as_string(), "SYN_SENT");
  EXPECT_TRUE(begun.at("unreplied").as_bool());
  EXPECT_NEAR(begun.at("at").to_number<double>(), 1747681234.568, 0.001);
  const auto ended =
      one("[DESTROY] tcp      6 src=172.17.0.1 dst=172.17.0.1 sport=34078 dport=53 src=172.17.0.1 "
          "dst=10.0.2.15 sport=53 dport=34078 [start=Sat Nov 21 04:01:25 2026] id=3668417984");
  EXPECT_EQ(ended.at("event").as_string(), "destroy");
  EXPECT_FALSE(ended.contains("timeout_seconds"));
  EXPECT_EQ(ended.at("other").at("start").as_string(), "Sat Nov 21 04:01:25 2026");
  EXPECT_EQ(number(ended, "id"), "3668417984");
}

TEST(DecodeConntrack, TheIdOfIcmpIsNotTheConnections) {
  const auto echo =
      one("icmp     1 25 src=10.8.0.2 dst=10.8.0.1 type=8 code=0 id=10841 packets=2 bytes=168 src=10.8.0.1 "
          "dst=10.8.0.2 type=0 code=0 id=10841 packets=2 bytes=168 mark=66 use=1 id=1926187628");
  EXPECT_EQ(number(echo.at("original").as_object(), "icmp_id"), "10841");
  EXPECT_EQ(number(echo.at("reply").as_object(), "icmp_type"), "0");
  EXPECT_EQ(number(echo, "id"), "1926187628");
}

TEST(DecodeConntrack, RareProtocolsAndMarks) {
  EXPECT_EQ(
      one("ipv4     2 gre      47 179 src=10.0.0.1 dst=10.0.0.2 srckey=0x0 dstkey=0x4000 src=10.0.0.2 dst=10.0.0.1 "
          "srckey=0x4000 dstkey=0x0 [ASSURED] use=2")
          .at("original")
          .at("destination_key")
          .as_string(),
      "0x4000");
  EXPECT_EQ(
      one("sctp     132 209 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 "
          "dport=1 [ASSURED] mark=0 secctx=system_u:object_r:unlabeled_t:s0 use=1")
          .at("security_context")
          .as_string(),
      "system_u:object_r:unlabeled_t:s0");
  const auto offloaded =
      one("tcp      6 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 packets=5 bytes=500 src=10.0.0.2 dst=10.0.0.1 "
          "sport=2 dport=1 packets=6 bytes=600 [OFFLOAD] mark=0 use=3");
  EXPECT_TRUE(offloaded.at("offloaded").as_bool());
  EXPECT_FALSE(offloaded.contains("timeout_seconds"));
  const auto igmp =
      one("ipv4     2 unknown  2 571 src=192.168.1.1 dst=224.0.0.1 [UNREPLIED] src=224.0.0.1 dst=192.168.1.1 use=2");
  EXPECT_EQ(number(igmp, "protocol_number"), "2");
  const auto vendor =
      one("ipv4 2 tcp 6 1196 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 packets=1 bytes=2 src=10.0.0.2 "
          "dst=10.0.0.1 sport=2 dport=1 packets=3 bytes=4 [ASSURED] [FASTNAT] [RTCACHE o33/r37] SWNAT mark=0 nmark=0 "
          "attrs=0x1 labels=a,b helper=ftp use=2");
  EXPECT_EQ(json::serialize(vendor.at("words")), R"(["FASTNAT","RTCACHE o33/r37","SWNAT"])");
  EXPECT_EQ(json::serialize(vendor.at("other")), R"({"nmark":"0","attrs":"0x1"})");
  EXPECT_EQ(vendor.at("labels").as_string(), "a,b");
}

TEST(DecodeConntrack, TornAndForeignLinesAreProblems) {
  for (const std::string line :
       {"tcp      6 431998 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2",
        "tcp      6 431998 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1",
        "tcp      6 10 CLOSE src=10.0.0.256 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1",
        "tcp      6 10 CLOSE src=10.0.0.1 dst=10.0.0.2 sport=99999 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1",
        "udp      17 10 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 bytes=-5 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1",
        "udp      x 10 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1",
        "hello world", "=", "[", "[NEW]", "src=1.2.3.4"}) {
    const auto decoded = decode(line + "\n");
    EXPECT_EQ(decoded.of_kind("problem").size(), 1U) << decoded.text;
    EXPECT_TRUE(decoded.of_kind("connection").empty()) << decoded.text;
    EXPECT_EQ(decoded.outcome, DecodeOutcome::unreadable);
  }
}

TEST(DecodeConntrack, ExpectationsAreNoConnections) {
  const auto decoded = decode(
      "[NEW] 300 proto=17 src=1.2.3.4 dst=1.2.3.5 sport=0 dport=54834 mask-src=255.255.255.255 "
      "mask-dst=255.255.255.255 sport=0 dport=65535 master-src=1.2.3.4 master-dst=1.2.3.5 sport=58190 dport=111 "
      "PERMANENT class=0 helper=rpc\n");
  EXPECT_TRUE(decoded.of_kind("connection").empty());
  ASSERT_EQ(decoded.of_kind("expectation").size(), 1U);
  const auto told = decoded.of_kind("expectation")[0].at("told");
  EXPECT_EQ(told.at("dport").as_string(), "54834");
  EXPECT_EQ(told.at("mask-dport").as_string(), "65535");
  EXPECT_EQ(told.at("master-sport").as_string(), "58190");
}

TEST(DecodeConntrack, XmlAndSaveTellTheSameConnection) {
  const auto xml =
      one("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<conntrack>\n<flow type=\"new\"><meta "
          "direction=\"original\"><layer3 "
          "protonum=\"2\" protoname=\"ipv4\"><src>10.8.0.2</src><dst>192.0.2.1</dst></layer3><layer4 protonum=\"17\" "
          "protoname=\"udp\"><sport>7</sport><dport>9</dport></layer4></meta><meta direction=\"reply\"><layer3 "
          "protonum=\"2\" "
          "protoname=\"ipv4\"><src>192.0.2.1</src><dst>198.51.100.1</dst></layer3><layer4 protonum=\"17\" "
          "protoname=\"udp\"><sport>9</sport><dport>7</dport></layer4></meta><meta "
          "direction=\"independent\"><timeout>26</timeout><unreplied/><zone>5</zone></meta></flow>\n</conntrack>\n");
  const auto saved =
      one("-A -t 26 -u UNSET -w 5 -s 10.8.0.2 -d 192.0.2.1 -r 192.0.2.1 -n 198.51.100.1 -p udp --sport 7 "
          "--dport 9 --reply-port-src 9 --reply-port-dst 7\n");
  EXPECT_EQ(xml.at("event").as_string(), "new");
  for (const auto* member : {"protocol", "original", "reply", "timeout_seconds", "zone", "unreplied"})
    EXPECT_EQ(xml.at(member), saved.at(member)) << member;
  EXPECT_EQ(decode("<conntrack>\n<flow><meta direction=\"original\">").of_kind("problem").size(), 1U);
}

TEST(DecodeConntrack, RecordingsAreRead) {
  const auto bytes = conntrack::list_request({}, 1);
  const std::string request(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  EXPECT_EQ(decode(request).summary().at("format").as_string(), "netlink");
  EXPECT_EQ(decode(request).of_kind("note").size(), 1U);
  EXPECT_EQ(decode(request + "torn").of_kind("problem").size(), 1U);
}

fs::path corpus() {
  const char* chosen = std::getenv("DAVYLAMP_CORPUS");
  return chosen != nullptr ? fs::path(chosen) : fs::path(DAVYLAMP_SOURCE_DIR) / ".." / "shared" / "corpus";
}

Decoded decode_file(const std::string& name) {
  std::ifstream file(corpus() / name, std::ios::binary);
  return decode(std::string(std::istreambuf_iterator<char>(file), {}));
}

TEST(DecodeConntrack, TheCorpusIsUnderstood) {
  if (!fs::is_directory(corpus() / "conntrack")) GTEST_SKIP() << "there is no corpus in " << corpus();
  const std::vector<std::pair<std::string, std::size_t>> expected{{"conntrack/events-tcp-close-E.txt", 10},
                                                                  {"conntrack/gre-proc.txt", 1},
                                                                  {"conntrack/ipv6-zeros-proc.txt", 4},
                                                                  {"conntrack/lsconntrack-lines.txt", 2},
                                                                  {"conntrack/manual-E.txt", 5},
                                                                  {"conntrack/manual-L.txt", 2},
                                                                  {"conntrack/manual-L-mark.txt", 1},
                                                                  {"conntrack/manual-conntrackd-i.txt", 5},
                                                                  {"conntrack/manual-expect.txt", 0},
                                                                  {"conntrack/nat64-proc.txt", 1},
                                                                  {"conntrack/proc-mixed-zone.txt", 3},
                                                                  {"conntrack/scope-E-id.txt", 3},
                                                                  {"conntrack/timestamp-E-acct.txt", 4},
                                                                  {"live/conntrack-L.txt", 14},
                                                                  {"live/conntrack-L-ext-id.txt", 14},
                                                                  {"live/conntrack-L-save.txt", 14},
                                                                  {"live/conntrack-L.xml", 14},
                                                                  {"live/nf_conntrack.txt", 14},
                                                                  {"live/conntrack-L-p-udp.txt", 6},
                                                                  {"live/conntrack-L.stderr.txt", 0},
                                                                  {"live/conntrack-S.txt", 0},
                                                                  {"live/conntrack-C.txt", 0},
                                                                  {"live/stat-nf_conntrack.txt", 0}};
  for (const auto& [name, connections] : expected) {
    const auto decoded = decode_file(name);
    EXPECT_EQ(decoded.outcome, DecodeOutcome::understood) << name << "\n" << decoded.text;
    EXPECT_EQ(decoded.of_kind("connection").size(), connections) << name;
  }
  for (const auto* name : {"live/conntrack-E.txt", "live/conntrack-E-v6.txt", "live/conntrack-E-ext-ktime.txt"})
    EXPECT_EQ(decode_file(name).outcome, DecodeOutcome::understood) << name << "\n" << decode_file(name).text;
  EXPECT_EQ(decode_file("conntrack/manual-expect.txt").of_kind("expectation").size(), 5U);
}

TEST(DecodeConntrack, TheCorpusHasItsTotals) {
  if (!fs::is_directory(corpus() / "conntrack")) GTEST_SKIP() << "there is no corpus in " << corpus();
  const auto events = decode_file("conntrack/timestamp-E-acct.txt").of_kind("connection");
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(number(events[1], "bytes") + "/" + number(events[1], "packets"), "6912/26");
  EXPECT_EQ(number(events[2], "bytes") + "/" + number(events[2], "packets"), "1300/7");
  EXPECT_EQ(number(events[3], "bytes") + "/" + number(events[3], "packets"), "6960/22");
  EXPECT_EQ(number(events[3], "duration_seconds"), "110");
  std::size_t zoned = 0;
  std::size_t marked = 0;
  bool tunnel = false;
  for (const auto& connection : decode_file("live/conntrack-L.txt").of_kind("connection")) {
    zoned += number(connection, "zone") == "5" ? 1 : 0;
    marked += number(connection, "mark") == "66" ? 1 : 0;
    const auto& original = connection.at("original").as_object();
    tunnel = tunnel || (number(original, "source_port") == "43614" && number(original, "bytes") == "12027" &&
                        number(connection.at("reply").as_object(), "bytes") == "65234");
  }
  EXPECT_EQ(zoned, 1U);
  EXPECT_EQ(marked, 6U);
  EXPECT_TRUE(tunnel);
  const auto listed = decode_file("live/conntrack-L.txt").summary();
  EXPECT_EQ(decode_file("live/conntrack-L.xml").summary().at("bytes"), listed.at("bytes"));
  EXPECT_EQ(decode_file("live/conntrack-L-ext-id.txt").summary().at("bytes"), listed.at("bytes"));
}

TEST(DecodeConntrack, AnyFileOfTheCorpusGivesValidJson) {
  std::size_t files = 0;
  for (const std::string folder : {"conntrack", "live", "ss", "firewall", "procnet", "wireguard"}) {
    if (!fs::is_directory(corpus() / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(corpus() / folder)) {
      if (!entry.is_regular_file()) continue;
      const auto decoded = decode_file(fs::relative(entry.path(), corpus()).string());
      EXPECT_TRUE(base::is_utf8(decoded.text)) << entry.path();
      EXPECT_EQ(decoded.summary().at("kind").as_string(), "summary");
      ++files;
    }
  }
  if (files == 0) GTEST_SKIP() << "there is no corpus in " << corpus();
}

}  // namespace
}  // namespace davylamp::app
