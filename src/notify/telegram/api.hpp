// Calls of the Bot API. The token is a part of every URL: it never leaves this class.
#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"
#include "io/http_client.hpp"
#include "notify/telegram/answer.hpp"

namespace davylamp::notify {

struct TelegramAccess {
  std::string api = "https://api.telegram.org";
  std::string token;  // a place as read_secret() has it
};

// One thread at a time.
class TelegramApi {
 public:
  explicit TelegramApi(TelegramAccess access, io::HttpClient::Stopping stopping = {});
  // `body` is the method's parameters as JSON. Never throws for what the other side does.
  TelegramAnswer call(std::string_view method, std::string body, base::Milliseconds limit);

 private:
  TelegramAccess access_;
  io::HttpClient client_;
};

}  // namespace davylamp::notify
