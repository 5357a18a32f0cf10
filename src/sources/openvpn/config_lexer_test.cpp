#include "sources/openvpn/config_lexer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace davylamp::openvpn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> words(std::string_view line) {
  const auto directives = lex_config(line);
  return directives.empty() ? std::vector<std::string>{} : directives.front().words;
}

TEST(OpenvpnConfigLexer, CutsWordsAsOpenvpnDoes) {
  EXPECT_THAT(words("management /run/a.sock unix"), ElementsAre("management", "/run/a.sock", "unix"));
  EXPECT_THAT(words("  --port\t1194  # the default"), ElementsAre("port", "1194"));
  EXPECT_THAT(words(R"(status "/var/log/with space.log" 5)"), ElementsAre("status", "/var/log/with space.log", "5"));
  EXPECT_THAT(words(R"(x 'a\b"c' "d\"e" f\ g)"), ElementsAre("x", R"(a\b"c)", "d\"e", "f g"));
  EXPECT_THAT(words("push \"route 10.0.0.0 255.0.0.0\" ; comment"), ElementsAre("push", "route 10.0.0.0 255.0.0.0"));
  EXPECT_THAT(words("cipher a#b;c"), ElementsAre("cipher", "a#b;c"));
  EXPECT_THAT(words("port 1194\r"), ElementsAre("port", "1194"));
}

TEST(OpenvpnConfigLexer, LeavesOutCommentsBlankLinesAndOpenQuotes) {
  EXPECT_THAT(lex_config("# a\n;b\n\n   \nstatus \"open\nport 1\n"), testing::SizeIs(1));
  EXPECT_THAT(lex_config(""), IsEmpty());
}

TEST(OpenvpnConfigLexer, AnInlineBlockIsOneDirective) {
  const auto directives = lex_config("<ca>\nmanagement 127.0.0.1 1\n</ca>\nport 5\n<key>\nunfinished\nport 6\n");
  ASSERT_EQ(directives.size(), 2U);
  EXPECT_TRUE(directives[0].is_inline());
  EXPECT_EQ(directives[0].name(), "ca");
  EXPECT_EQ(directives[0].block, "management 127.0.0.1 1\n");
  EXPECT_EQ(directives[1].line, 4U);
  EXPECT_THAT(directives[1].words, ElementsAre("port", "5"));
}

TEST(OpenvpnConfigLexer, ReadsArgumentsOfAProcess) {
  const auto one = lex_arguments({"/etc/openvpn/a.conf"});
  ASSERT_EQ(one.size(), 1U);
  EXPECT_THAT(one[0].words, ElementsAre("config", "/etc/openvpn/a.conf"));
  const auto many = lex_arguments({"--daemon", "ovpn-a", "--cd", "/etc/openvpn", "--config", "a.conf"});
  ASSERT_EQ(many.size(), 3U);
  EXPECT_THAT(many[2].words, ElementsAre("config", "a.conf"));
}

}  // namespace
}  // namespace davylamp::openvpn
