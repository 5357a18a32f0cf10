#include "notify/telegram/bot_parse.hpp"

#include "notify/telegram/json_look.hpp"

namespace davylamp::notify {
namespace {

namespace json = boost::json;

std::optional<BotChat> chat_of(const json::object& message) {
  const auto* chat = object_at(message, "chat");
  if (chat == nullptr) return std::nullopt;
  const auto id = number_at(*chat, "id");
  if (!id) return std::nullopt;
  return BotChat{*id, text_at(*chat, "username").value_or(""), text_at(*chat, "type") == "private"};
}

// Whoever it was, as people know them.
std::string sender_of(const json::object& message) {
  const auto* from = object_at(message, "from");
  if (from == nullptr) return "somebody";
  if (const auto username = text_at(*from, "username")) return "@" + *username;
  const auto name = text_at(*from, "first_name").value_or("somebody");
  const auto id = number_at(*from, "id");
  return id ? name + " (" + std::to_string(*id) + ")" : name;
}

std::variant<std::monostate, BotMessage, BotPress> message_of(const json::object& message) {
  const auto chat = chat_of(message);
  if (!chat) return {};
  return BotMessage{.chat = *chat,
                    .message_id = number_at(message, "message_id").value_or(0),
                    .from = sender_of(message),
                    .text = text_at(message, "text").value_or(""),
                    .migrated_to = number_at(message, "migrate_to_chat_id")};
}

std::variant<std::monostate, BotMessage, BotPress> press_of(const json::object& query) {
  const auto id = text_at(query, "id");
  if (!id) return {};
  BotPress press{.id = *id,
                 .chat = {},
                 .message_id = 0,
                 .from = sender_of(query),
                 .payload = text_at(query, "data").value_or(""),
                 .message_text = {}};
  if (const auto* message = object_at(query, "message")) {
    press.chat = chat_of(*message);
    press.message_id = number_at(*message, "message_id").value_or(0);
    press.message_text = text_at(*message, "text").value_or("");
  }
  return press;
}

}  // namespace

std::optional<BotUpdate> parse_update(const json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return std::nullopt;
  const auto id = number_at(*object, "update_id");
  if (!id) return std::nullopt;
  BotUpdate update{*id, {}};
  if (const auto* message = object_at(*object, "message")) {
    update.what = message_of(*message);
  } else if (const auto* query = object_at(*object, "callback_query")) {
    update.what = press_of(*query);
  }
  return update;
}

std::vector<BotUpdate> parse_updates(const json::value& result) {
  std::vector<BotUpdate> updates;
  const auto* list = result.if_array();
  if (list == nullptr) return updates;
  for (const auto& item : *list) {
    if (auto update = parse_update(item)) updates.push_back(std::move(*update));
  }
  return updates;
}

}  // namespace davylamp::notify
