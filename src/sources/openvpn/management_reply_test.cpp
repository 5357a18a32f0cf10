#include "sources/openvpn/management_reply.hpp"

#include <gtest/gtest.h>

#include <string>

namespace davylamp::openvpn {
namespace {

TEST(ManagementReply, StatesHaveFourToNineColumns) {
  for (const std::string text : {"1,CONNECTED,SUCCESS,10.9.0.1", "1,CONNECTED,SUCCESS,10.9.0.1,",
                                 "1,CONNECTED,SUCCESS,10.9.0.1,,,,", "1,CONNECTED,SUCCESS,10.9.0.1,,,,,fd0a::1"}) {
    const auto state = parse_state(text);
    ASSERT_TRUE(state.has_value()) << text;
    EXPECT_EQ(state->at, 1);
    EXPECT_EQ(state->state, "CONNECTED");
    EXPECT_EQ(state->tunnel_address, "10.9.0.1");
  }
  const auto full = parse_state("7,CONNECTED,ROUTE_ERROR,10.9.0.1,192.0.2.1,1194,192.0.2.2,5,fd0a::1");
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(full->detail, "ROUTE_ERROR");
  EXPECT_EQ(full->remote_address, "192.0.2.1");
  EXPECT_EQ(full->local_port, "5");
  EXPECT_EQ(full->tunnel_address6, "fd0a::1");
}

TEST(ManagementReply, RefusesWhatIsNoState) {
  for (const std::string text : {"", ",", ",,,,", " EXITING", "1,CONNECTED,SUCCESS", "x,CONNECTED,,", "1,connected,,",
                                 "1,,,", "1,CONNECTED,,,,,,,,tenth", "-1,CONNECTED,,"}) {
    EXPECT_FALSE(parse_state(text).has_value()) << text;
  }
}

TEST(ManagementReply, LogTextsKeepTheirCommas) {
  const auto log = parse_log("1795232540,D,MANAGEMENT: CMD 'a,b'");
  ASSERT_TRUE(log.has_value());
  EXPECT_EQ(log->flags, "D");
  EXPECT_EQ(log->text, "MANAGEMENT: CMD 'a,b'");
  EXPECT_EQ(parse_log("1,,text")->flags, "");
  EXPECT_FALSE(parse_log("1,text").has_value());
  EXPECT_FALSE(parse_log("x,D,text").has_value());
}

TEST(ManagementReply, ReadsSingleAnswers) {
  const auto stats = parse_load_stats("nclients=8,bytesin=19745,bytesout=19625");
  ASSERT_TRUE(stats.has_value());
  EXPECT_EQ(stats->clients, 8U);
  EXPECT_EQ(stats->tx_bytes, 19625U);
  EXPECT_FALSE(parse_load_stats("nclients=8,bytesin,bytesout=1").has_value());
  EXPECT_EQ(parse_pid("pid=6201"), 6201U);
  EXPECT_FALSE(parse_pid("pid=").has_value());
  EXPECT_EQ(parse_version("OpenVPN Version: OpenVPN 2.1_rc15 i386"), "2.1_rc15");
  EXPECT_EQ(parse_version("Management Version: 5"), "");
}

TEST(ManagementReply, TellsAnswersByTheirFirstLine) {
  EXPECT_EQ(reply_topic("TITLE,OpenVPN 2.6"), ReplyTopic::status);
  EXPECT_EQ(reply_topic("OpenVPN STATISTICS"), ReplyTopic::status);
  EXPECT_EQ(reply_topic("1,CONNECTED,SUCCESS,10.9.0.1,,,,"), ReplyTopic::state);
  EXPECT_EQ(reply_topic("1,D,MANAGEMENT: CMD 'pid'"), ReplyTopic::log);
  EXPECT_EQ(reply_topic("OpenVPN Version: OpenVPN 2.6"), ReplyTopic::version);
  EXPECT_EQ(reply_topic("Management Interface for OpenVPN 2.6"), ReplyTopic::help);
  EXPECT_EQ(reply_topic("whatever"), ReplyTopic::unknown);
}

}  // namespace
}  // namespace davylamp::openvpn
