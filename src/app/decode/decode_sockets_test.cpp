#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/decode/decode_sockets.hpp"
#include "app/decode/decode_sockets_ss.hpp"
#include "witness/sockets/testing/diag_bytes.hpp"

namespace davylamp::app {
namespace {

namespace json = boost::json;

struct Decoded {
  DecodeOutcome outcome = DecodeOutcome::unreadable;
  std::vector<json::object> sockets;
  std::vector<json::object> problems;
  json::object summary;
};

Decoded decode(std::string_view bytes) {
  std::ostringstream out;
  JsonLines lines(out);
  Decoded decoded;
  decoded.outcome = decode_sockets(bytes, lines);
  std::istringstream text(out.str());
  for (std::string line; std::getline(text, line);) {
    auto object = json::parse(line).as_object();
    const auto kind = object.at("kind").as_string();
    if (kind == "socket") decoded.sockets.push_back(object);
    if (kind == "problem") decoded.problems.push_back(object);
    if (kind == "summary") decoded.summary = object;
  }
  return decoded;
}

json::object one(std::string_view line) {
  const auto decoded = decode(line);
  EXPECT_EQ(decoded.outcome, DecodeOutcome::understood) << line;
  return decoded.sockets.size() == 1 ? decoded.sockets[0] : json::object{};
}

std::string text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? "" : json::serialize(*value);
}

TEST(DecodeSs, ARowWithItsProgram) {
  EXPECT_EQ(json::serialize(one("tcp   ESTAB  0      5       198.51.100.1:1195 198.51.100.11:35778 "
                                "users:((\"openvpn\",pid=6202,fd=10))")),
            R"({"kind":"socket","netid":"tcp","state":"ESTAB","recv_q":0,"send_q":5,"local_address":"198.51.100.1",)"
            R"("local_port":1195,"peer_address":"198.51.100.11","peer_port":35778,)"
            R"("users":[{"name":"openvpn","pid":6202,"fd":10}]})");
}

TEST(DecodeSs, ColumnsThatWereNotAskedForAreAbsent) {
  const auto no_state = one("tcp 0      0      198.51.100.1:1195 198.51.100.11:35778");
  EXPECT_EQ(text(no_state, "netid") + text(no_state, "state"), "\"tcp\"");
  const auto no_netid = one("ESTAB 0 0 10.0.0.1:22 10.0.0.2:5");
  EXPECT_EQ(text(no_netid, "netid") + text(no_netid, "state"), "\"ESTAB\"");
  const auto neither = one("0 36 10.0.0.1:22 10.0.0.2:5");
  EXPECT_EQ(text(neither, "send_q") + text(neither, "peer_port"), "365");
}

TEST(DecodeSs, AddressesOfAllAges) {
  struct Case {
    std::string_view end;
    std::string_view address;
    std::string_view port;
    std::string_view interface;
  };
  for (const auto& [end, address, port, interface] :
       {Case{"10.8.0.1%tun0:53", "\"10.8.0.1\"", "53", "\"tun0\""},
        Case{"[fe80::1]%eth0:546", "\"fe80::1\"", "546", "\"eth0\""},
        Case{"[fe80::1%eth0]:546", "\"fe80::1\"", "546", "\"eth0\""},
        Case{"fe80::1%eth0:546", "\"fe80::1\"", "546", "\"eth0\""}, Case{":::22", "\"::\"", "22", ""},
        Case{"::ffff:10.0.0.1:443", "\"10.0.0.1\"", "443", ""},
        Case{"[::ffff:10.0.0.1]:443", "\"10.0.0.1\"", "443", ""}, Case{"*:1194", "\"*\"", "1194", ""},
        Case{"*%ens33:68", "\"*\"", "68", "\"ens33\""}, Case{"0.0.0.0:*", "\"0.0.0.0\"", "", ""}}) {
    const auto row = one("udp UNCONN 0 0 " + std::string(end) + " *:*");
    EXPECT_EQ(text(row, "local_address"), address) << end;
    EXPECT_EQ(text(row, "local_port"), port) << end;
    EXPECT_EQ(text(row, "local_interface"), interface) << end;
  }
  EXPECT_EQ(text(one("udp UNCONN 0 0 *:bootpc *:*"), "local_service"), "\"bootpc\"");
}

TEST(DecodeSs, FiguresBelowTheRowBelongToIt) {
  const auto decoded = decode(
      "State Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
      "ESTAB 0 0 10.0.0.1:443 10.0.0.2:5 timer:(keepalive,1min32sec,2) uid:5 ino:7 sk:1a "
      "cgroup:/system.slice/a.service "
      "<->\n"
      "\t ts sack bbr rto:208 rtt:7.93/14.708 bytes_acked:6336 bytes_received:6334 retrans:1/3 send 36519546bps "
      "pacing_rate 36.7Mbps delivery_rate 3861333328bps busy:92ms minrtt:0.003 future:(a,b)\n"
      "TIME-WAIT 0 0 10.0.0.1:443 10.0.0.3:6 timer:(timewait,59sec,0) ino:0 sk:2\n");
  EXPECT_EQ(decoded.outcome, DecodeOutcome::understood);
  ASSERT_EQ(decoded.sockets.size(), 2U);
  const auto& row = decoded.sockets[0];
  EXPECT_EQ(text(row, "timer_milliseconds"), "92000");
  EXPECT_EQ(text(row, "timer_retransmissions"), "2");
  EXPECT_EQ(text(row, "rx_bytes") + "/" + text(row, "tx_bytes"), "6334/6336");
  EXPECT_EQ(row.at("rtt_milliseconds").to_number<double>(), 7.93);
  EXPECT_EQ(row.at("jitter_milliseconds").to_number<double>(), 14.708);
  EXPECT_EQ(text(row, "delivery_bps"), "3861333328");
  EXPECT_EQ(text(row, "retransmissions"), "3");
  EXPECT_EQ(text(row, "cgroup"), "\"/system.slice/a.service\"");
  EXPECT_EQ(text(row, "options"),
            R"x({"rto":"208","send":"36519546bps","pacing_rate":"36.7Mbps","busy":"92ms","future":"(a,b)"})x");
  EXPECT_EQ(text(row, "flags"), R"(["<->","ts","sack","bbr"])");
  EXPECT_EQ(text(decoded.sockets[1], "timer"), "\"timewait\"");
}

TEST(DecodeSs, UsersOfAllAgesAndHostileNames) {
  const auto users = [](std::string_view field) {
    return text(one("tcp LISTEN 0 5 *:22 *:* " + std::string(field)), "users");
  };
  EXPECT_EQ(users("users:((\"sshd\",1998,3))"), R"([{"name":"sshd","pid":1998,"fd":3}])");
  EXPECT_EQ(users("users:((\"a\",pid=1,fd=2),(\"b c\",pid=3,fd=4)) ino:5"),
            R"([{"name":"a","pid":1,"fd":2},{"name":"b c","pid":3,"fd":4}])");
  EXPECT_EQ(users("users:((\"sshd\",pid=1,proc_ctx=unconfined,fd=3))"), R"([{"name":"sshd","pid":1,"fd":3}])");
  EXPECT_EQ(users("users:((\"a\\b))\",pid=1,fd=3))"), R"x([{"name":"a\\b))","pid":1,"fd":3}])x");
}

TEST(DecodeSs, OtherFamiliesAreRowsToo) {
  const auto unix_row = one("u_str ESTAB 0 0 /run/my dir/x 93027 * 93023");
  EXPECT_EQ(text(unix_row, "local_address") + text(unix_row, "local_port") + text(unix_row, "peer_port"),
            "\"/run/my dir/x\"9302793023");
  EXPECT_EQ(text(one("nl UNCONN 768 0 rtnl:Web Content/12 *"), "local_address"), "\"rtnl:Web Content/12\"");
  EXPECT_EQ(text(one("p_raw UNCONN 0 0 LLDP:ens33 *"), "netid"), "\"p_raw\"");
  EXPECT_EQ(text(one("v_str ESTAB 0 0 999900439:1023 0:976"), "peer_port"), "976");
}

TEST(DecodeSs, WhatIsNoRowIsAProblemWithItsLine) {
  const auto decoded = decode("tcp LISTEN 0 5 *:22 *:*\nss: command not found\n\ntcp ESTAB x y *:22 *:*\n");
  EXPECT_EQ(decoded.outcome, DecodeOutcome::skipped);
  ASSERT_EQ(decoded.problems.size(), 2U);
  EXPECT_EQ(decoded.problems[0].at("line").to_number<int>(), 2);
  EXPECT_EQ(decoded.problems[1].at("line").to_number<int>(), 4);
  EXPECT_EQ(decode("nothing at all\n").outcome, DecodeOutcome::unreadable);
}

TEST(DecodeSs, DurationsAndRates) {
  EXPECT_EQ(parse_ss_duration("1min32sec"), 92'000U);
  EXPECT_EQ(parse_ss_duration("9.340ms"), 9'340U);
  EXPECT_EQ(parse_ss_duration("200ms"), 200U);
  EXPECT_EQ(parse_ss_duration("119min"), 7'140'000U);
  EXPECT_FALSE(parse_ss_duration(""));
  EXPECT_FALSE(parse_ss_duration("12parsec"));
  EXPECT_EQ(parse_ss_rate("36.5Mbps"), 36'500'000U);
  EXPECT_EQ(parse_ss_rate("17bps/19bps"), 17U);
  EXPECT_FALSE(parse_ss_rate("fast"));
}

TEST(DecodeProcNet, RowsOfBothProtocols) {
  const auto decoded = decode(
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
      "   3: 802AA8C0:D450 2104C798:01BB 08 00000000:00000052 02:00000A6F 00000000  1000        0 149098 2 0 20 4 0 10 "
      "-1\n"
      "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer "
      "drops\n"
      "  22: 00000000:04AA 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 77 2 0 9\n");
  ASSERT_EQ(decoded.sockets.size(), 2U);
  EXPECT_EQ(json::serialize(decoded.sockets[0]),
            R"({"kind":"socket","netid":"tcp","state":"CLOSE-WAIT","recv_q":82,"send_q":0,)"
            R"("local_address":"192.168.42.128","local_port":54352,"peer_address":"152.199.4.33","peer_port":443,)"
            R"("uid":1000,"inode":149098,"timer":"keepalive","timer_jiffies":2671,"ipv6":false})");
  EXPECT_EQ(text(decoded.sockets[1], "netid") + text(decoded.sockets[1], "drops"), "\"udp\"9");
  EXPECT_EQ(text(decoded.summary, "format"), "\"proc_net\"");
}

TEST(DecodeSockDiag, ARecordingOfTheKernelsAnswers) {
  sockets::DiagBytes bytes(AF_INET, {192, 0, 2, 1}, {198, 51, 100, 7});
  tcp_info info{};
  info.tcpi_bytes_received = 12;
  info.tcpi_rtt = 1500;
  const auto body = bytes.attribute(INET_DIAG_INFO, info).held_body();
  nlmsghdr header{};
  header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + body.size());
  std::string recording(reinterpret_cast<const char*>(&header), sizeof header);
  recording.append(reinterpret_cast<const char*>(body.data()), body.size());
  const auto whole = decode(recording);
  ASSERT_EQ(whole.sockets.size(), 1U);
  EXPECT_EQ(text(whole.sockets[0], "peer_address") + text(whole.sockets[0], "rx_bytes"), "\"198.51.100.7\"12");
  const auto torn = decode(recording + recording.substr(0, 50));
  EXPECT_EQ(torn.outcome, DecodeOutcome::skipped);
  EXPECT_EQ(torn.sockets.size(), 1U);
}

// ---- what other programs made of the same texts

std::optional<std::string> corpus_file(const std::string& name) {
  const char* folder = std::getenv("DAVYLAMP_CORPUS");
  const auto path =
      (folder != nullptr ? std::string(folder) : std::string(DAVYLAMP_SOURCE_DIR) + "/../shared/corpus") + "/" + name;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// A member of jc's object as text; "" when it is not there.
std::string plain(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr) return "";
  return value->is_string() ? std::string(value->as_string()) : json::serialize(*value);
}

std::string without_brackets(std::string text) {
  std::erase_if(text, [](char c) { return c == '[' || c == ']'; });
  return text;
}

void expect_same_socket(const json::object& ours, const json::object& theirs) {
  for (const char* name : {"netid", "state", "recv_q", "send_q"}) EXPECT_EQ(plain(ours, name), plain(theirs, name));
  if (theirs.contains("local_port_num")) EXPECT_EQ(plain(ours, "local_port"), plain(theirs, "local_port_num"));
  if (theirs.contains("path")) EXPECT_EQ(plain(ours, "local_address"), plain(theirs, "path"));
  if (theirs.contains("local_address"))
    EXPECT_EQ(plain(ours, "local_address"), without_brackets(plain(theirs, "local_address")));
  const auto* options = theirs.if_contains("opts");
  if (options == nullptr) return;
  const auto& opts = options->as_object();
  EXPECT_EQ(plain(ours, "inode"), plain(opts, "inode_number"));
  EXPECT_EQ(plain(ours, "cookie"), plain(opts, "cookie"));
  EXPECT_EQ(plain(ours, "uid"), plain(opts, "uid_number"));
  if (opts.contains("process_id"))
    EXPECT_EQ(ours.at("users").as_array().size(), opts.at("process_id").as_object().size());
}

TEST(DecodeSs, AgreesWithJcOnRealOutput) {
  for (const std::string name : {"ubuntu-18.04-ss-sudo-a", "ubuntu-18.04-ss-sudo-tulpen"}) {
    const auto output = corpus_file("ss/jc/" + name + ".out");
    const auto expected = corpus_file("ss/jc/" + name + ".json");
    if (!output || !expected) GTEST_SKIP() << "no corpus";
    const auto decoded = decode(*output);
    EXPECT_EQ(decoded.outcome, DecodeOutcome::understood) << name;
    const auto theirs = json::parse(*expected).as_array();
    ASSERT_EQ(decoded.sockets.size(), theirs.size()) << name;
    for (std::size_t i = 0; i < theirs.size(); ++i) {
      SCOPED_TRACE(name + " socket " + std::to_string(i));
      expect_same_socket(decoded.sockets[i], theirs[i].as_object());
    }
  }
}

TEST(DecodeProcNet, AgreesWithJcOnRealOutput) {
  for (const std::string name : {"net_tcp", "net_tcp6"}) {
    const auto output = corpus_file("procnet/jc/" + name);
    const auto expected = corpus_file("procnet/jc/" + name + ".json");
    if (!output || !expected) GTEST_SKIP() << "no corpus";
    const auto decoded = decode(*output);
    EXPECT_EQ(decoded.outcome, DecodeOutcome::understood) << name;
    const auto theirs = json::parse(*expected).as_array();
    ASSERT_EQ(decoded.sockets.size(), theirs.size()) << name;
    for (std::size_t i = 0; i < theirs.size(); ++i) {
      const auto& their = theirs[i].as_object();
      EXPECT_EQ(plain(decoded.sockets[i], "local_address"), plain(their, "local_address"));
      EXPECT_EQ(plain(decoded.sockets[i], "peer_address"), plain(their, "remote_address"));
      EXPECT_EQ(plain(decoded.sockets[i], "inode"), plain(their, "inode"));
      EXPECT_EQ(plain(decoded.sockets[i], "uid"), plain(their, "uid"));
    }
  }
}

TEST(DecodeSs, UnderstandsWhatWasCapturedLive) {
  for (const auto& [name, count] :
       {std::pair("ss-tunap", 6U), std::pair("ss-tunapoei", 6U), std::pair("ss-Htun-state-established", 3U)}) {
    const auto output = corpus_file(std::string("live/") + name + ".txt");
    if (!output) GTEST_SKIP() << "no corpus";
    const auto decoded = decode(*output);
    EXPECT_EQ(decoded.outcome, DecodeOutcome::understood) << name;
    EXPECT_EQ(decoded.sockets.size(), count) << name;
  }
}

}  // namespace
}  // namespace davylamp::app
