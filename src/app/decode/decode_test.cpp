#include "app/decode/decode.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

struct Decoded {
  int exit_code = 0;
  std::string text;
  std::string complaints;
  std::vector<json::object> lines;

  std::vector<json::object> of_kind(std::string_view kind) const {
    std::vector<json::object> found;
    for (const json::object& line : lines) {
      if (line.at("kind").as_string() == kind) found.push_back(line);
    }
    return found;
  }
};

Decoded run(std::vector<std::string_view> args, const std::string& input = {}) {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  Decoded decoded;
  decoded.exit_code = run_decode(args, in, out, err);
  decoded.text = out.str();
  decoded.complaints = err.str();
  std::istringstream lines(decoded.text);
  for (std::string line; std::getline(lines, line);) decoded.lines.push_back(json::parse(line).as_object());
  return decoded;
}

const std::string version3 =
    "TITLE\tOpenVPN 2.7.1 x86_64\nTIME\t2031-02-03 04:05:06\t1927857906\nHEADER\tCLIENT_LIST\tCommon Name\tReal "
    "Address\tVirtual "
    "Address\tVirtual IPv6 Address\tBytes Received\tBytes Sent\tConnected Since\tConnected Since "
    "(time_t)\tUsername\tClient ID\tPeer "
    "ID\tData Channel Cipher\n"
    "CLIENT_LIST\tRay, \"A\"\tudp6:[2001:db8::9]:51\t10.9.0.2\tfd0a::2\t10\t20\t2031-02-03 "
    "04:00:00\t1927857600\tann\t5\t2\tAES-256-GCM\n"
    "CLIENT_LIST\tUNDEF\tudp4:192.0.2.4:52\t\t\t1\t2\t2031-02-03 04:05:00\t1927857900\tUNDEF\t6\t0\tBF-CBC\n"
    "HEADER\tROUTING_TABLE\tVirtual Address\tCommon Name\tReal Address\tLast Ref\tLast Ref (time_t)\n"
    "ROUTING_TABLE\t192.168.7.9C\tRay, \"A\"\tudp6:[2001:db8::9]:51\t2031-02-03 04:05:00\t1927857900\n"
    "GLOBAL_STATS\tdco_enabled\t0\nEND\n";

TEST(Decode, StatusLinesHoldTheFieldsOfTheContract) {
  const Decoded decoded = run({"openvpn-status", "-"}, version3);
  EXPECT_EQ(decoded.exit_code, 0);
  EXPECT_EQ(
      decoded.text,
      R"({"kind":"client","common_name":"Ray, \"A\"","username":"ann","real_address":"2001:db8::9","real_port":51,"transport":"udp6",)"
      R"("virtual_address":"10.9.0.2","virtual_address6":"fd0a::2","rx_bytes":10,"tx_bytes":20,"connected_at":1927857600,"client_id":5,)"
      R"("cipher":"AES-256-GCM","session":true})"
      "\n"
      R"({"kind":"client","common_name":"UNDEF","real_address":"192.0.2.4","real_port":52,"transport":"udp4","rx_bytes":1,"tx_bytes":2,)"
      R"("connected_at":1927857900,"client_id":6,"cipher":"BF-CBC","session":false})"
      "\n"
      R"({"kind":"route","virtual_address":"192.168.7.9","common_name":"Ray, \"A\"","real_address":"2001:db8::9","real_port":51,)"
      R"("transport":"udp6","cached":true})"
      "\n"
      R"({"kind":"summary","format":3,"version":"2.7.1","clients":2,"sessions":1,"routes":1,"rx_bytes":11,"tx_bytes":22,"complete":true})"
      "\n");
}

TEST(Decode, SkippedRowsAreProblemLinesAndExitCode1) {
  std::string torn = version3;
  torn.replace(torn.find("\t10\t20\t"), 7, "\t10\t2x\t");
  const Decoded decoded = run({"openvpn-status", "-"}, torn);
  EXPECT_EQ(decoded.exit_code, 1);
  ASSERT_EQ(decoded.of_kind("problem").size(), 1U);
  EXPECT_EQ(decoded.of_kind("problem")[0].at("line").as_int64(), 4);
  EXPECT_EQ(decoded.lines.back().at("complete").as_bool(), false);
  EXPECT_EQ(decoded.lines.back().at("clients").as_int64(), 1);
}

TEST(Decode, WhatIsNoStatusAtAllIsExitCode2) {
  for (const std::string& input :
       {std::string(), std::string("hello\n"), std::string(3000, '\0'), std::string("\xff\xfe\n\x80")}) {
    const Decoded decoded = run({"openvpn-status", "-"}, input);
    EXPECT_EQ(decoded.exit_code, 2);
    EXPECT_EQ(decoded.lines.back().at("kind").as_string(), "summary");
  }
}

TEST(Decode, LocalTimesOfVersion1UseTheGivenOffset) {
  const std::string text =
      "OpenVPN CLIENT LIST\nUpdated,2031-02-03 04:05:06\nCommon Name,Real Address,Bytes Received,Bytes Sent,Connected "
      "Since\n"
      "mara,192.0.2.1:5,1,2,2031-02-03 04:05:06\nROUTING TABLE\nVirtual Address,Common Name,Real Address,Last Ref\n"
      "10.9.0.2,mara,192.0.2.1:5,2031-02-03 04:05:06\nGLOBAL STATS\nMax bcast/mcast queue length,0\nEND\n";
  EXPECT_EQ(run({"openvpn-status", "-", "--utc-offset", "Z"}, text).lines[0].at("connected_at").as_int64(), 1927857906);
  EXPECT_EQ(run({"openvpn-status", "--utc-offset", "+08:00", "-"}, text).lines[0].at("connected_at").as_int64(),
            1927857906 - 28800);
  EXPECT_EQ(run({"openvpn-status", "-", "--utc-offset", "Z"}, text).lines[0].at("virtual_address").as_string(),
            "10.9.0.2");
}

TEST(Decode, BytesThatAreNotUtf8StillGiveJson) {
  std::string text = version3;
  text.replace(text.find("\tann\t"), 5, "\ta\xff\xfe\x01\t");
  const Decoded decoded = run({"openvpn-status", "-"}, text);
  EXPECT_EQ(decoded.exit_code, 0);
  EXPECT_EQ(decoded.lines[0].at("username").as_string(), "a\xEF\xBF\xBD\xEF\xBF\xBD\x01");
}

TEST(Decode, RecordingsGiveOneLineForEachMessage) {
  const Decoded decoded =
      run({"openvpn-management", "-"},
          "ENTER PASSWORD:SUCCESS: password is "
          "correct\r\n>INFO:hello\r\n>CLIENT:CONNECT,0,1\r\n>CLIENT:ENV,password=hunter2\r\n"
          ">CLIENT:ENV,username=ann\r\n>CLIENT:ENV,END\r\n>BYTECOUNT_CLI:0,10,20\r\n>LOG:1,D,text\r\n"
          ">STATE:5,CONNECTED,SUCCESS,10.9.0.1,,,,,fd0a::1\r\nERROR: no\r\n");
  EXPECT_EQ(decoded.exit_code, 0);
  EXPECT_EQ(decoded.text.find("hunter2"), std::string::npos);
  EXPECT_EQ(
      decoded.text,
      R"({"kind":"info","tag":"ENTER PASSWORD"})"
      "\n"
      R"({"kind":"reply","result":"success","text":"password is correct"})"
      "\n"
      R"({"kind":"info","tag":"INFO","text":"hello"})"
      "\n"
      R"({"kind":"client","event":"CONNECT","client_id":0,"key_id":1,"environment":{"username":"ann"}})"
      "\n"
      R"({"kind":"bytecount","client_id":0,"rx_bytes":10,"tx_bytes":20})"
      "\n"
      R"({"kind":"log","at":1,"flags":"D","text":"text"})"
      "\n"
      R"({"kind":"state","at":5,"state":"CONNECTED","detail":"SUCCESS","tunnel_address":"10.9.0.1","tunnel_address6":"fd0a::1"})"
      "\n"
      R"({"kind":"reply","result":"error","text":"no"})"
      "\n"
      R"({"kind":"summary","bytecount":1,"client":1,"state":1,"log":1,"info":2,"reply":2,"problem":0})"
      "\n");
}

TEST(Decode, AStatusAnswerIsOneReply) {
  const Decoded decoded = run({"openvpn-management", "-"}, version3 + ">BYTECOUNT_CLI:5,1,2\n");
  EXPECT_EQ(decoded.exit_code, 0);
  const auto replies = decoded.of_kind("reply");
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].at("topic").as_string(), "status");
  EXPECT_EQ(replies[0].at("clients").as_int64(), 2);
  EXPECT_EQ(replies[0].at("sessions").as_int64(), 1);
  EXPECT_EQ(replies[0].at("lines").as_array().size(), 8U);
}

TEST(Decode, AnAnswerWithoutEndIsAProblem) {
  const std::string cut = version3.substr(0, version3.find("HEADER\tROUTING"));
  const Decoded decoded = run({"openvpn-management", "-"}, cut + version3);
  EXPECT_EQ(decoded.exit_code, 1);
  EXPECT_EQ(decoded.of_kind("reply").size(), 2U);
  EXPECT_EQ(decoded.of_kind("reply")[0].at("complete").as_bool(), false);
  EXPECT_EQ(decoded.of_kind("problem").size(), 1U);
}

TEST(Decode, AnnotatedTranscriptsAreReadAsWhatTheServerSent) {
  const Decoded decoded = run({"openvpn-management", "-"},
                              "# a remark\nS: ENTER PASSWORD:\nC: hunter2\nS: SUCCESS: password is correct\\r\nC: "
                              "bytecount 1\nS: >BYTECOUNT_CLI:1,2,3\\r\n");
  EXPECT_EQ(decoded.exit_code, 0);
  EXPECT_EQ(decoded.lines.back().at("bytecount").as_int64(), 1);
  EXPECT_EQ(decoded.text.find("hunter2"), std::string::npos);
}

TEST(Decode, UnknownNotificationsAreSkippedAndSaid) {
  const Decoded decoded = run({"openvpn-management", "-"}, ">INFO:x\r\n>SHOE:44\r\n");
  EXPECT_EQ(decoded.exit_code, 1);
  EXPECT_EQ(decoded.of_kind("problem")[0].at("what").as_string(), "an unknown notification >SHOE was skipped");
  EXPECT_EQ(run({"openvpn-management", "-"}, "").exit_code, 2);
  EXPECT_EQ(run({"openvpn-management", "-"}, "noise\nmore noise\n").exit_code, 2);
}

TEST(Decode, WrongUseSaysWhatToDo) {
  EXPECT_EQ(run({}).exit_code, 2);
  EXPECT_NE(run({"openvpn-status"}).complaints.find("say which file"), std::string::npos);
  EXPECT_NE(run({"openvpn-status", "/does/not/exist"}).complaints.find("/does/not/exist cannot be opened"),
            std::string::npos);
  EXPECT_NE(run({"openvpn-status", "-", "--utc-offset", "noon"}).complaints.find("+HH:MM"), std::string::npos);
  EXPECT_NE(run({"pcap", "-"}).complaints.find("one of: openvpn-status, openvpn-management"), std::string::npos);
}

TEST(Decode, EveryFileOfTheCorpusGivesValidJson) {
  const char* chosen = std::getenv("DAVYLAMP_CORPUS");
  const fs::path corpus =
      chosen != nullptr ? fs::path(chosen) : fs::path(DAVYLAMP_SOURCE_DIR) / ".." / "shared" / "corpus";
  std::size_t files = 0;
  for (const std::string folder : {"status", "live", "mgmt"}) {
    if (!fs::is_directory(corpus / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(corpus / folder)) {
      if (!entry.is_regular_file()) continue;
      const std::string path = entry.path().string();
      for (const std::string_view format : {"openvpn-status", "openvpn-management"}) {
        const Decoded decoded = run({format, path});
        ASSERT_FALSE(decoded.lines.empty()) << path;
        EXPECT_EQ(decoded.lines.back().at("kind").as_string(), "summary") << path;
        EXPECT_TRUE(base::is_utf8(decoded.text)) << path;
      }
      ++files;
    }
  }
  if (files == 0) GTEST_SKIP() << "there is no corpus in " << corpus;
}

}  // namespace
}  // namespace davylamp::app
