// What the Bot API answers (https://core.telegram.org/bots/api#making-requests, #responseparameters).
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace davylamp::notify {

// `status` 0: nobody answered; `description` says why then.
struct TelegramAnswer {
  long status = 0;
  bool ok = false;
  std::string description;
  std::optional<base::Seconds> retry_after;        // at most an hour
  std::optional<std::int64_t> migrate_to_chat_id;  // the group has become a supergroup
  boost::json::value result;
};

// Of any bytes; what is not such an answer is not ok.
TelegramAnswer parse_telegram_answer(long status, std::string_view body);

}  // namespace davylamp::notify
