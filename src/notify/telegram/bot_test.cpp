#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "notify/telegram/bot_parse.hpp"
#include "notify/telegram/bot_think.hpp"

namespace davylamp::notify {
namespace {

BotMessage message(std::int64_t chat, const std::string& text) {
  return {.chat = {chat, "", chat > 0}, .message_id = 3, .from = "@ann", .text = text, .migrated_to = {}};
}
BotMove judge(BotMind& mind, BotMessage what) {
  return mind.judge(BotUpdate{1, std::move(what)});
}
BotPress press(std::int64_t chat, const std::string& payload) {
  return {.id = "q",
          .chat = BotChat{chat, "", true},
          .message_id = 3,
          .from = "@ann",
          .payload = payload,
          .message_text = "x"};
}

TEST(BotParse, UpdatesOfEveryShapeAreRead) {
  const auto* corpus = std::getenv("DAVYLAMP_CORPUS");  // NOLINT(concurrency-mt-unsafe)
  const std::filesystem::path folder = std::filesystem::path(corpus != nullptr ? corpus : "") / "api/telegram";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "DAVYLAMP_CORPUS has no api/telegram";
  std::size_t messages = 0;
  std::size_t presses = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const auto update = parse_update(boost::json::parse(text.str()));
    if (!update) continue;
    EXPECT_EQ(update->id, 1) << entry.path();
    messages += std::holds_alternative<BotMessage>(update->what) ? 1 : 0;
    presses += std::holds_alternative<BotPress>(update->what) ? 1 : 0;
  }
  EXPECT_EQ(messages, 1U);
  EXPECT_EQ(presses, 1U);
}

TEST(BotParse, WhatIsNoUpdateIsLeftOutAndOddOnesKeepTheirNumber) {
  const auto updates = parse_updates(boost::json::parse(
      R"([1,{},{"update_id":"x"},{"update_id":4,"message":[]},{"update_id":5,"message":{"text":"/ping"}},
          {"update_id":6,"edited_message":{"chat":{"id":1},"text":"/ping"}},{"update_id":7,"callback_query":{"id":8}}])"));
  ASSERT_EQ(updates.size(), 4U);
  for (const auto& update : updates) EXPECT_TRUE(std::holds_alternative<std::monostate>(update.what)) << update.id;
  EXPECT_EQ(updates.back().id, 7);
  EXPECT_TRUE(parse_updates(boost::json::parse("{}")).empty());
}

TEST(BotMind, StrangersGetNothing) {
  BotMind mind({"7", "@club"}, "lamp_bot");
  EXPECT_TRUE(std::holds_alternative<BotStranger>(judge(mind, message(8, "/status"))));
  EXPECT_TRUE(std::holds_alternative<BotStranger>(mind.judge(BotUpdate{1, press(8, "ack:1")})));
  auto without_chat = press(7, "ack:1");
  without_chat.chat.reset();
  EXPECT_TRUE(std::holds_alternative<BotStranger>(mind.judge(BotUpdate{1, without_chat})));
  auto of_club = message(-9, "/status");
  of_club.chat.username = "Club";
  EXPECT_TRUE(std::holds_alternative<BotAsked>(judge(mind, of_club)));
}

TEST(BotMind, CommandsMayNameTheBot) {
  BotMind mind({"7", "-7"}, "Lamp_Bot");
  const auto asked = judge(mind, message(7, "/quota@lamp_bot  alice smith "));
  ASSERT_TRUE(std::holds_alternative<BotAsked>(asked));
  EXPECT_EQ(std::get<BotAsked>(asked).question, BotQuestion::quota);
  EXPECT_EQ(std::get<BotAsked>(asked).argument, "alice smith");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(judge(mind, message(-7, "/quota@other_bot alice"))));
  EXPECT_EQ(std::get<BotAsked>(judge(mind, message(7, "/what"))).question, BotQuestion::help);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(judge(mind, message(-7, "/what")))) << "another bot's, in a group";
  EXPECT_TRUE(std::holds_alternative<std::monostate>(judge(mind, message(7, "hello"))));
}

TEST(BotMind, AButtonNamesItsIncident) {
  BotMind mind({"7"}, "");
  const auto move = mind.judge(BotUpdate{1, press(7, "ack:42")});
  ASSERT_TRUE(std::holds_alternative<BotAcknowledged>(move));
  EXPECT_EQ(std::get<BotAcknowledged>(move).incident_id, 42U);
  for (const auto* payload : {"ack:", "ack:0", "ack:-1", "ack:1x", "nack:1", ""}) {
    EXPECT_TRUE(std::holds_alternative<BotPuzzled>(mind.judge(BotUpdate{1, press(7, payload)}))) << payload;
  }
}

TEST(BotMind, AGroupThatMovedIsStillAllowed) {
  BotMind mind({"-7"}, "");
  auto moved = message(-7, "");
  moved.migrated_to = -100;
  EXPECT_TRUE(std::holds_alternative<std::monostate>(judge(mind, moved)));
  EXPECT_TRUE(std::holds_alternative<BotAsked>(judge(mind, message(-100, "/ping"))));
}

}  // namespace
}  // namespace davylamp::notify
