#include "notify/telegram/answer.hpp"

#include <algorithm>

#include "base/codec_read.hpp"
#include "notify/http_receipt.hpp"
#include "notify/telegram/json_look.hpp"

namespace davylamp::notify {
namespace {

constexpr std::int64_t longest_pause_seconds = 3'600;

}  // namespace

TelegramAnswer parse_telegram_answer(long status, std::string_view body) {
  TelegramAnswer answer;
  answer.status = status;
  auto value = base::json::parse(body);
  const auto* object = value ? value->if_object() : nullptr;
  if (object == nullptr) {
    answer.description = "something that is no answer of the Bot API: " + quoted(body, 80);
    return answer;
  }
  const auto* ok = object->if_contains("ok");
  answer.ok = ok != nullptr && ok->is_bool() && ok->get_bool() && status >= 200 && status < 300;
  answer.description = quoted(text_at(*object, "description").value_or(""));
  if (const auto* parameters = object_at(*object, "parameters")) {
    if (const auto pause = number_at(*parameters, "retry_after")) {
      answer.retry_after = base::Seconds{std::clamp<std::int64_t>(*pause, 1, longest_pause_seconds)};
    }
    answer.migrate_to_chat_id = number_at(*parameters, "migrate_to_chat_id");
  }
  if (auto* result = value->get_object().if_contains("result")) answer.result = std::move(*result);
  return answer;
}

}  // namespace davylamp::notify
