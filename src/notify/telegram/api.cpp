#include "notify/telegram/api.hpp"

#include "notify/secret.hpp"

namespace davylamp::notify {

TelegramApi::TelegramApi(TelegramAccess access, io::HttpClient::Stopping stopping)
    : access_(std::move(access)), client_(std::move(stopping)) {}

TelegramAnswer TelegramApi::call(std::string_view method, std::string body, base::Milliseconds limit) {
  TelegramAnswer answer;
  const auto token = read_secret(access_.token);
  if (!token) {
    answer.description = "the bot's token: " + token.error().message;
    return answer;
  }
  io::HttpRequest request;
  request.url = access_.api + "/bot" + *token + "/" + std::string(method);
  request.headers = {"Content-Type: application/json"};
  request.body = std::move(body);
  request.limit = limit;
  const auto said = client_.ask(request);
  if (said) {
    answer = parse_telegram_answer(said->status, said->body);
  } else {
    answer.description = said.error().message;
  }
  answer.description = without(std::move(answer.description), *token);
  return answer;
}

}  // namespace davylamp::notify
