// A bot's side of the Bot API. Blocking.
#pragma once

#include <cstdint>
#include <string>

#include "notify/telegram/api.hpp"
#include "notify/telegram/bot_parse.hpp"

namespace davylamp::notify {

// How long Telegram holds getUpdates while there is nothing; it allows up to 50 seconds and more.
inline constexpr base::Seconds longest_bot_poll{25};

// One thread at a time. Texts are plain: they are made safe here.
class BotTalk {
 public:
  explicit BotTalk(TelegramAccess access, io::HttpClient::Stopping stopping = {});
  // getMe: its result has the bot's "username".
  TelegramAnswer ask_own_name();
  // Those from `offset` on; Telegram forgets the ones before.
  TelegramAnswer poll(std::int64_t offset, base::Seconds wait = longest_bot_poll);
  TelegramAnswer answer(std::int64_t chat, std::int64_t message_id, const std::string& text);
  // Ends the button's turning; `text`, when there is one, is shown for a moment.
  TelegramAnswer answer_press(const std::string& press_id, const std::string& text);
  // Adds a line to the message and takes its button away.
  TelegramAnswer mark(const BotPress& press, const std::string& line);

 private:
  TelegramApi api_;
};

}  // namespace davylamp::notify
