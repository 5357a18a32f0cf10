#include "notify/telegram/notifier.hpp"

#include "notify/http_receipt.hpp"
#include "notify/telegram/text.hpp"

namespace davylamp::notify {
namespace {

using contract::Receipt;

bool stays_wrong(long status) {
  return status == 400 || status == 401 || status == 403 || status == 404;
}

}  // namespace

TelegramNotifier::TelegramNotifier(TelegramSettings settings, io::HttpClient::Stopping stopping)
    : settings_(std::move(settings)), api_(settings_.access, std::move(stopping)) {}

Receipt TelegramNotifier::send(const contract::Message& message) {
  std::string moved;
  auto answer = api_.call("sendMessage", telegram_body(message, settings_.chat), settings_.limit);
  if (!answer.ok && answer.migrate_to_chat_id) {
    const auto now_at = std::to_string(*answer.migrate_to_chat_id);
    moved = "; the chat " + settings_.chat + " is now " + now_at + ": write that into the configuration";
    settings_.chat = now_at;
    answer = api_.call("sendMessage", telegram_body(message, settings_.chat), settings_.limit);
  }
  const auto whom = "Telegram at " + host_of(settings_.access.api);
  if (answer.ok) return {Receipt::Outcome::delivered, whom + " took it" + moved, std::nullopt};
  if (answer.status == 0) return {Receipt::Outcome::try_again, whom + ": " + answer.description, std::nullopt};
  return {stays_wrong(answer.status) ? Receipt::Outcome::refused : Receipt::Outcome::try_again,
          whom + " answered " + std::to_string(answer.status) + ": " + answer.description + moved, answer.retry_after};
}

}  // namespace davylamp::notify
