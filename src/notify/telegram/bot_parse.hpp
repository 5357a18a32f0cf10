// Updates that Telegram has for a bot (https://core.telegram.org/bots/api#update). Pure.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace davylamp::notify {

struct BotChat {
  std::int64_t id = 0;
  std::string username;     // of a public group or channel, without @
  bool is_private = false;  // one person and the bot
};

// What people write. Everything but the numbers is hostile.
struct BotMessage {
  BotChat chat;
  std::int64_t message_id = 0;
  std::string from;
  std::string text;
  std::optional<std::int64_t> migrated_to;  // this group is now another chat
};

// A button was pressed under a message of the bot's.
struct BotPress {
  std::string id;
  std::optional<BotChat> chat;  // absent where Telegram no longer tells the message
  std::int64_t message_id = 0;
  std::string from;
  std::string payload;
  std::string message_text;
};

// Anything else (edited messages, polls, members) is monostate.
struct BotUpdate {
  std::int64_t id = 0;
  std::variant<std::monostate, BotMessage, BotPress> what;
};

// Nothing when it is not an update at all.
std::optional<BotUpdate> parse_update(const boost::json::value& value);
// Of getUpdates' result, in order; what is no update is left out.
std::vector<BotUpdate> parse_updates(const boost::json::value& result);

}  // namespace davylamp::notify
