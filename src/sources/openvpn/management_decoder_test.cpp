#include "sources/openvpn/management_decoder.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "sources/openvpn/testing/message_text.hpp"

namespace davylamp::openvpn {
namespace {

std::string decode(std::string_view bytes) {
  testing::RecordingSink sink;
  ManagementDecoder decoder(sink);
  decoder.feed(bytes);
  decoder.finish();
  return sink.take();
}

TEST(ManagementDecoder, ReadsByteCounts) {
  EXPECT_EQ(decode(">BYTECOUNT_CLI:7,1000,2000\r\n"), "client_bytes 7 1000 2000\n");
  EXPECT_EQ(decode(">BYTECOUNT_CLI:0,18446744073709551615,0\n"), "client_bytes 0 18446744073709551615 0\n");
  EXPECT_EQ(decode(">BYTECOUNT:3,4\r\n"), "own_bytes 3 4\n");
}

TEST(ManagementDecoder, MalformedByteCountsAreProblems) {
  for (const std::string text : {"", "1,2", "1,2,", "a,2,3", "1,2,3,4", "1, 2,3", "-1,2,3", "1,2,18446744073709551616",
                                 "1,2,99999999999999999999999", ",,"}) {
    EXPECT_EQ(decode(">BYTECOUNT_CLI:" + text + "\r\n"), "problem 1 'BYTECOUNT_CLI does not hold three numbers'\n")
        << text;
  }
  EXPECT_EQ(decode(">BYTECOUNT:1,2,3\r\n"), "problem 1 'BYTECOUNT does not hold two numbers'\n");
}

TEST(ManagementDecoder, ThePromptNeedsNoLineEnd) {
  EXPECT_EQ(decode("ENTER PASSWORD:"), "prompt\n");
  EXPECT_EQ(decode("ENTER PASSWORD:ENTER PASSWORD:SUCCESS: password is correct\r\n>INFO:hi\r\n"),
            "prompt\nprompt\nsuccess 'password is correct'\ngreeting 'hi'\n");
  EXPECT_EQ(decode("ENTER PASS\r\n"), "row 'ENTER PASS'\n");
  EXPECT_EQ(decode("1,D,ENTER PASSWORD:\r\n"), "row '1,D,ENTER PASSWORD:'\n");
}

TEST(ManagementDecoder, ThePromptIsSeenAtItsLastByte) {
  testing::RecordingSink sink;
  ManagementDecoder decoder(sink);
  decoder.feed("ENTER PASS");
  EXPECT_EQ(sink.text(), "");
  decoder.feed("WORD:");
  EXPECT_EQ(sink.text(), "prompt\n");
}

TEST(ManagementDecoder, CollectsClientBlocks) {
  EXPECT_EQ(
      decode(
          ">CLIENT:ESTABLISHED,3\r\n>CLIENT:ENV,common_name=Ray, Ann=x\r\n>CLIENT:ENV,empty=\r\n>CLIENT:ENV,END\r\n"),
      "client 2 3 key none secrets 0 dropped 0 common_name=Ray, Ann=x empty=\n");
  EXPECT_EQ(decode(">CLIENT:CONNECT,4,1\r\n>CLIENT:ENV,END\r\n>CLIENT:DISCONNECT,4\r\n>CLIENT:ENV,END\r\n"),
            "client 0 4 key 1 secrets 0 dropped 0\nclient 3 4 key none secrets 0 dropped 0\n");
  EXPECT_EQ(decode(">CLIENT:ADDRESS,4,fd0a::2,1\r\n>CLIENT:ADDRESS,4,10.9.0.2,0\r\n"),
            "address 4 'fd0a::2' primary\naddress 4 '10.9.0.2'\n");
}

TEST(ManagementDecoder, OtherLinesMayComeInsideABlock) {
  EXPECT_EQ(
      decode(">CLIENT:ESTABLISHED,3\r\n>BYTECOUNT_CLI:3,1,2\r\n>CLIENT:ENV,a=1\r\nSUCCESS: x\r\n>CLIENT:ENV,END\r\n"),
      "client_bytes 3 1 2\nsuccess 'x'\nclient 2 3 key none secrets 0 dropped 0 a=1\n");
}

TEST(ManagementDecoder, SecretsOfAnEnvironmentAreDropped) {
  const std::string text = decode(
      ">CLIENT:REAUTH,1,2\r\n>CLIENT:ENV,password=hunter2\r\n>CLIENT:ENV,username=ann\r\n>CLIENT:ENV,AUTH_TOKEN="
      "hunter2\r\n"
      ">CLIENT:ENV,OtherPassword=hunter2\r\n>CLIENT:ENV,x=SCRV1:hunter2\r\n>CLIENT:ENV,END\r\n");
  EXPECT_EQ(text, "client 1 1 key 2 secrets 4 dropped 0 username=ann\n");
}

TEST(ManagementDecoder, SecretsOfOtherLinesAreDropped) {
  const std::string text = decode(
      ">CLIENT:CR_RESPONSE,1,2,hunter2\r\n>CLIENT:ENV,END\r\n>PASSWORD:Auth-Token:hunter2\r\n>PASSWORD:Verification "
      "Failed: 'Auth' "
      "['CRV1:R:hunter2']\r\n>LOG:1,D,MANAGEMENT: CMD 'password Auth hunter2'\r\n1,D,MANAGEMENT: CMD 'password Auth "
      "hunter2'\r\nEND\r\n"
      ">UPDOWN:UP\r\n>UPDOWN:ENV,password=hunter2\r\n>UPDOWN:ENV,END\r\n>CLIENT:ENV,password=hunter2\r\n>password="
      "hunter2\r\n"
      ">PK_SIGN:hunter2\r\n>ECHO:1,password=hunter2\r\nCLIENT:ENV,password=hunter2\r\n");
  EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
}

TEST(ManagementDecoder, RowsOfAStatusStayAsTheyAre) {
  const std::string_view row = "CLIENT_LIST\tpassword=x\t192.0.2.1:5\t\t\t1\t2\t2031-02-03 04:00:00\t1\tUNDEF\t1\t1\tc";
  EXPECT_NE(
      decode("OpenVPN CLIENT LIST\r\npassword=x,192.0.2.1:5,1,2,2031-02-03 04:00:00\r\nEND\r\n").find("password=x,192"),
      std::string::npos);
  // A status that was cut off does not open the door for the rows of the next answer.
  const std::string cut =
      "TITLE\tOpenVPN 2.6\r\n" + std::string(row) + "\r\n1,D,CMD 'password Auth hunter2'\r\nEND\r\n";
  EXPECT_EQ(decode(cut).find("hunter2"), std::string::npos);
  EXPECT_NE(decode("TITLE\tOpenVPN 2.6\r\n" + std::string(row) + "\r\nEND\r\n").find(row), std::string::npos);
}

TEST(ManagementDecoder, BlocksAreBounded) {
  std::string bytes = ">CLIENT:CONNECT,1,1\n";
  for (int i = 0; i < 300; ++i) bytes += ">CLIENT:ENV,n" + std::to_string(i) + "=1\n";
  const std::string many = decode(bytes + ">CLIENT:ENV,END\n");
  EXPECT_NE(many.find("dropped 44 "), std::string::npos);
  EXPECT_NE(many.find("problem 302 'an environment block is too large"), std::string::npos);

  bytes = ">CLIENT:CONNECT,1,1\n";
  for (int i = 0; i < 10; ++i) bytes += ">CLIENT:ENV,n" + std::to_string(i) + "=" + std::string(10000, 'x') + "\n";
  EXPECT_NE(decode(bytes + ">CLIENT:ENV,END\n").find("dropped 4 "), std::string::npos);
}

TEST(ManagementDecoder, BrokenBlocksAreProblemsAndDoNotLeakIntoTheNext) {
  EXPECT_EQ(decode(">CLIENT:CONNECT,1,1\n>CLIENT:ENV,a=1\n>CLIENT:ESTABLISHED,2\n>CLIENT:ENV,b=2\n>CLIENT:ENV,END\n"),
            "problem 3 'an environment block began before the one in front of it ended; that one was skipped'\n"
            "client 2 2 key none secrets 0 dropped 0 b=2\n");
  EXPECT_EQ(decode(">CLIENT:ENV,a=1\n"), "problem 1 'an environment line belongs to no block'\n");
  EXPECT_EQ(decode(">CLIENT:CONNECT,x,1\n"), "problem 1 'CLIENT lacks its client id or key id'\n");
  EXPECT_EQ(decode(">CLIENT:CONNECT,1\n"), "problem 1 'CLIENT lacks its client id or key id'\n");
  EXPECT_EQ(decode(">CLIENT:DANCE,1\n"), "problem 1 'CLIENT is of an unknown type'\n");
  EXPECT_EQ(decode(">CLIENT:ESTABLISHED,1\n>CLIENT:ENV,a=1\n"),
            "problem 2 'the connection ended inside an environment block'\n");
}

TEST(ManagementDecoder, ReadsTheOtherNotifications) {
  EXPECT_EQ(decode(">STATE:1,EXITING,SIGTERM,,,,,\r\n"), "state 1 'EXITING' 'SIGTERM' '' '' '' '' '' ''\n");
  EXPECT_EQ(decode(">LOG:1,I,a,b\r\n"), "log 1 'I' 'a,b'\n");
  EXPECT_EQ(decode(">HOLD:Waiting for hold release:0\r\n"), "hold 'Waiting for hold release:0'\n");
  EXPECT_EQ(decode(">FATAL:gone\r\n"), "fatal 'gone'\n");
  EXPECT_EQ(decode(">NOTIFY:info,remote-exit,EXIT\r\n"), "notice 'NOTIFY' 'info,remote-exit,EXIT'\n");
  EXPECT_EQ(decode(">UPDOWN:DOWN\r\n>UPDOWN:ENV,dev=tun0\r\n>UPDOWN:ENV,END\r\n"), "down dev=tun0\n");
  EXPECT_EQ(decode(">SHOE:44\r\n"), "unknown 'SHOE'\n");
  EXPECT_EQ(decode(">\r\n"), "unknown ''\n");
  EXPECT_EQ(decode(">STATE: EXITING\r\n"), "problem 1 'STATE does not hold a time, a state and its columns'\n");
}

TEST(ManagementDecoder, ReadsAnswers) {
  EXPECT_EQ(decode("SUCCESS: pid=5\r\nERROR: unknown command\r\nSUCCESS:\r\n"),
            "success 'pid=5'\nerror 'unknown command'\nsuccess ''\n");
  EXPECT_EQ(decode("1,CONNECTED,SUCCESS,10.9.0.1\r\nEND\r\n"), "row '1,CONNECTED,SUCCESS,10.9.0.1'\nend\n");
}

TEST(ManagementDecoder, LinesBeyondTheLimitAreSkippedAndCounted) {
  testing::RecordingSink sink;
  ManagementDecoder decoder(sink);
  const std::string longest(ManagementDecoder::most_line_bytes, 'x');
  decoder.feed(longest + "\n" + longest + "y\n>BYTECOUNT:1,2\n");
  EXPECT_EQ(decoder.oversized_lines(), 1U);
  EXPECT_EQ(sink.take(),
            "row '" + longest + "'\nproblem 2 'the line is longer than 16 KiB and was skipped'\nown_bytes 1 2\n");
  // Without any line end nothing is held back for ever.
  for (int i = 0; i < 100; ++i) decoder.feed(longest);
  decoder.feed("\n>BYTECOUNT:3,4\n");
  EXPECT_EQ(decoder.oversized_lines(), 2U);
  EXPECT_EQ(sink.take(), "problem 4 'the line is longer than 16 KiB and was skipped'\nown_bytes 3 4\n");
}

TEST(ManagementDecoder, ChunksMakeNoDifference) {
  const std::string bytes =
      "ENTER PASSWORD:ENTER PASSWORD:SUCCESS: ok\r\n>INFO:hello\r\nENTER "
      "PASTE\r\n>CLIENT:CONNECT,1,1\r\n>CLIENT:ENV,a=1\r\n>BYTECOUNT_CLI:1,2,3\r\n"
      ">CLIENT:ENV,END\r\nTITLE\tx\r\n" +
      std::string(20000, 'z') + "\r\nEND\r\n>LOG:1,,text\r\n\r\nunfinished";
  const std::string whole = decode(bytes);
  std::mt19937 random(42);
  for (int round = 0; round < 200; ++round) {
    testing::RecordingSink sink;
    ManagementDecoder decoder(sink);
    const std::size_t largest = round == 0 ? 1 : 1 + random() % 300;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t length = std::min<std::size_t>(1 + random() % largest, bytes.size() - at);
      decoder.feed(std::string_view(bytes).substr(at, length));
      at += length;
    }
    decoder.finish();
    ASSERT_EQ(sink.take(), whole) << "round " << round;
  }
}

TEST(ManagementDecoder, ResetForgetsWhatWasBegun) {
  testing::RecordingSink sink;
  ManagementDecoder decoder(sink);
  decoder.feed(">CLIENT:CONNECT,1,1\n>BYTECOUNT:1,");
  decoder.reset();
  decoder.feed("2\n");
  decoder.finish();
  EXPECT_EQ(sink.text(), "row '2'\n");
}

}  // namespace
}  // namespace davylamp::openvpn
