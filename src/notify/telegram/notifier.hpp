// Messages to a chat by Telegram's Bot API.
#pragma once

#include <string>

#include "contract/notifier.hpp"
#include "notify/telegram/api.hpp"

namespace davylamp::notify {

struct TelegramSettings {
  TelegramAccess access;
  std::string chat;  // a number, or "@channel"
  base::Milliseconds limit{15'000};
};

// Refused with 400, 401, 403 and 404 (a wrong token, chat or text stays wrong); again with anything else, after
// `retry_after` where the answer has one. A group that became a supergroup is followed.
class TelegramNotifier final : public contract::Notifier {
 public:
  explicit TelegramNotifier(TelegramSettings settings, io::HttpClient::Stopping stopping = {});
  contract::Receipt send(const contract::Message& message) override;

 private:
  TelegramSettings settings_;
  TelegramApi api_;
};

}  // namespace davylamp::notify
