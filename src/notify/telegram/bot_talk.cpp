#include "notify/telegram/bot_talk.hpp"

#include <boost/json.hpp>
#include <utility>

#include "base/text.hpp"
#include "notify/telegram/text.hpp"

namespace davylamp::notify {
namespace {

namespace json = boost::json;

constexpr base::Milliseconds call_limit{15'000};
constexpr base::Seconds poll_slack{10};
constexpr std::size_t longest_press_answer_units = 200;  // answerCallbackQuery: "0-200 characters"

// The first line of a message is its title.
std::string marked_html(const BotPress& press, const std::string& line) {
  const auto text = shortened_to_units(base::to_utf8(press.message_text), longest_telegram_units - 400);
  const auto end = text.find('\n');
  auto html = "<b>" + escape_html(text.substr(0, end)) + "</b>";
  if (end != std::string::npos) html += escape_html(text.substr(end));
  return html + "\n\n" + escape_html(shortened_to_units(base::to_utf8(line), 300));
}

}  // namespace

BotTalk::BotTalk(TelegramAccess access, io::HttpClient::Stopping stopping)
    : api_(std::move(access), std::move(stopping)) {}

TelegramAnswer BotTalk::ask_own_name() {
  return api_.call("getMe", "{}", call_limit);
}

TelegramAnswer BotTalk::poll(std::int64_t offset, base::Seconds wait) {
  json::object body{
      {"offset", offset}, {"timeout", wait.count()}, {"allowed_updates", json::array{"message", "callback_query"}}};
  return api_.call("getUpdates", json::serialize(body), wait + poll_slack);
}

TelegramAnswer BotTalk::answer(std::int64_t chat, std::int64_t message_id, const std::string& text) {
  json::object body{
      {"chat_id", chat},
      {"text", escape_html(shortened_to_units(base::to_utf8(text), longest_telegram_units))},
      {"parse_mode", "HTML"},
      {"link_preview_options", json::object{{"is_disabled", true}}},
      {"reply_parameters", json::object{{"message_id", message_id}, {"allow_sending_without_reply", true}}}};
  return api_.call("sendMessage", json::serialize(body), call_limit);
}

TelegramAnswer BotTalk::answer_press(const std::string& press_id, const std::string& text) {
  json::object body{{"callback_query_id", press_id}};
  if (!text.empty()) body["text"] = shortened_to_units(base::to_utf8(text), longest_press_answer_units);
  return api_.call("answerCallbackQuery", json::serialize(body), call_limit);
}

TelegramAnswer BotTalk::mark(const BotPress& press, const std::string& line) {
  const json::object keyboard{{"inline_keyboard", json::array{}}};
  json::object body{
      {"chat_id", press.chat ? press.chat->id : 0}, {"message_id", press.message_id}, {"reply_markup", keyboard}};
  if (press.message_text.empty()) return api_.call("editMessageReplyMarkup", json::serialize(body), call_limit);
  body["text"] = marked_html(press, line);
  body["parse_mode"] = "HTML";
  body["link_preview_options"] = json::object{{"is_disabled", true}};
  return api_.call("editMessageText", json::serialize(body), call_limit);
}

}  // namespace davylamp::notify
