// What a bot makes of an update: whom it answers, and what was asked. Pure.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "notify/telegram/bot_parse.hpp"

namespace davylamp::notify {

enum class BotQuestion { ping, status, help, who, top, quota };

struct BotAsked {
  BotQuestion question = BotQuestion::help;
  std::string argument;  // hostile
  std::int64_t chat = 0;
  std::int64_t message_id = 0;
};

struct BotAcknowledged {
  std::uint64_t incident_id = 0;
  BotPress press;
};

// A press that means nothing to us: the button should stop turning, no more.
struct BotPuzzled {
  std::string press_id;
};

// Somebody who is not allowed: no answer at all, only a count.
struct BotStranger {};

using BotMove = std::variant<std::monostate, BotAsked, BotAcknowledged, BotPuzzled, BotStranger>;

class BotMind {
 public:
  // `chats`: numbers, or "@name" of public groups and channels. `own_name`: the bot's, without @; a command that is
  // addressed to another bot ("/status@other_bot") is not ours.
  BotMind(const std::vector<std::string>& chats, std::string own_name);
  BotMove judge(const BotUpdate& update);
  void set_own_name(std::string own_name) { own_name_ = std::move(own_name); }

 private:
  bool is_allowed(const BotChat& chat) const;
  BotMove judge(const BotMessage& message);
  BotMove judge(const BotPress& press) const;

  std::set<std::int64_t> numbers_;
  std::set<std::string> names_;  // in lower case
  std::string own_name_;
};

}  // namespace davylamp::notify
