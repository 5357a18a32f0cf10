#include "notify/telegram/bot_think.hpp"

#include <array>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "notify/telegram/text.hpp"

namespace davylamp::notify {
namespace {

constexpr std::size_t longest_argument_bytes = 200;
constexpr std::size_t most_chats = 100;

constexpr std::array<std::pair<std::string_view, BotQuestion>, 7> commands = {{{"ping", BotQuestion::ping},
                                                                               {"status", BotQuestion::status},
                                                                               {"help", BotQuestion::help},
                                                                               {"start", BotQuestion::help},
                                                                               {"who", BotQuestion::who},
                                                                               {"top", BotQuestion::top},
                                                                               {"quota", BotQuestion::quota}}};

// "/status@davylamp_bot rest" in parts.
struct Words {
  std::string name;
  std::string addressee;
  std::string argument;
};

std::optional<Words> words_of(std::string_view text) {
  text = base::trim(text);
  if (!text.starts_with('/')) return std::nullopt;
  const auto end = text.find_first_of(" \t\r\n");
  const auto command = text.substr(1, end == std::string_view::npos ? end : end - 1);
  const auto rest = end == std::string_view::npos ? std::string_view{} : base::trim(text.substr(end));
  const auto at = command.find('@');
  return Words{base::to_lower(command.substr(0, at)),
               at == std::string_view::npos ? "" : base::to_lower(command.substr(at + 1)),
               std::string(rest.substr(0, longest_argument_bytes))};
}

}  // namespace

BotMind::BotMind(const std::vector<std::string>& chats, std::string own_name) : own_name_(std::move(own_name)) {
  for (const auto& chat : chats) {
    if (chat.starts_with('@')) {
      names_.insert(base::to_lower(chat.substr(1)));
    } else if (const auto number = base::parse_number<std::int64_t>(chat)) {
      numbers_.insert(*number);
    }
  }
}

BotMove BotMind::judge(const BotUpdate& update) {
  if (const auto* message = std::get_if<BotMessage>(&update.what)) return judge(*message);
  if (const auto* press = std::get_if<BotPress>(&update.what)) return judge(*press);
  return {};
}

bool BotMind::is_allowed(const BotChat& chat) const {
  return numbers_.contains(chat.id) || (!chat.username.empty() && names_.contains(base::to_lower(chat.username)));
}

BotMove BotMind::judge(const BotMessage& message) {
  if (!is_allowed(message.chat)) return BotStranger{};
  if (message.migrated_to) {
    if (numbers_.size() < most_chats) numbers_.insert(*message.migrated_to);
    return {};
  }
  const auto words = words_of(message.text);
  if (!words) return {};
  if (!words->addressee.empty() && words->addressee != base::to_lower(own_name_)) return {};
  for (const auto& [name, question] : commands) {
    if (name == words->name) return BotAsked{question, words->argument, message.chat.id, message.message_id};
  }
  // In a group it may be meant for another bot.
  if (!message.chat.is_private) return {};
  return BotAsked{BotQuestion::help, {}, message.chat.id, message.message_id};
}

BotMove BotMind::judge(const BotPress& press) const {
  if (!press.chat || !is_allowed(*press.chat)) return BotStranger{};
  const std::string_view payload = press.payload;
  if (!payload.starts_with(acknowledge_prefix)) return BotPuzzled{press.id};
  const auto incident = base::parse_number<std::uint64_t>(payload.substr(acknowledge_prefix.size()));
  if (!incident || *incident == 0) return BotPuzzled{press.id};
  return BotAcknowledged{*incident, press};
}

}  // namespace davylamp::notify
