#include "notify/telegram/text.hpp"

#include <boost/json.hpp>

#include "base/text.hpp"
#include "notify/shorten.hpp"

namespace davylamp::notify {
namespace {

constexpr std::size_t longest_title_units = 300;

std::string_view sign_of(const contract::Message& message) {
  if (message.notice == model::NoticeKind::resolved) return "✅";
  if (message.notice == model::NoticeKind::test) return "👋";
  switch (message.severity) {
    case model::Severity::critical:
      return "🔴";
    case model::Severity::warning:
      return "🟠";
    case model::Severity::notice:
      break;
  }
  return "🔵";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string shortened_to_units(std::string_view text, std::size_t most_units) {
  if (utf16_units(text) <= most_units) return std::string(text);
  std::size_t units = 1;  // of the mark at the end
  std::size_t size = 0;
  while (size < text.size()) {
    auto next = size + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xc0U) == 0x80U) ++next;
    units += utf16_units(text.substr(size, next - size));
    if (units > most_units) break;
    size = next;
  }
  return std::string(text.substr(0, size)) + "…";
}

std::string telegram_html(const contract::Message& message) {
  const auto title = shortened_to_units(base::to_utf8(message.title), longest_title_units);
  const auto rest = longest_telegram_units - longest_title_units - 8;  // the sign and the lines between
  const auto text = shortened_to_units(base::to_utf8(message.text), rest);
  return std::string(sign_of(message)) + " <b>" + escape_html(title) + "</b>" +
         (text.empty() ? "" : "\n\n" + escape_html(text));
}

std::string telegram_body(const contract::Message& message, std::string_view chat) {
  boost::json::object body;
  body["chat_id"] = chat;
  body["text"] = telegram_html(message);
  body["parse_mode"] = "HTML";
  body["link_preview_options"] = boost::json::object{{"is_disabled", true}};
  if (message.severity == model::Severity::notice) body["disable_notification"] = true;
  const bool is_open = message.notice == model::NoticeKind::fired || message.notice == model::NoticeKind::again;
  if (message.acknowledge_label && is_open && message.incident_id != 0) {
    boost::json::object button{
        {"text", *message.acknowledge_label},
        {"callback_data", std::string(acknowledge_prefix) + std::to_string(message.incident_id)}};
    // One by one: braces around an array would copy it instead of holding it.
    boost::json::array row;
    row.push_back(std::move(button));
    boost::json::array rows;
    rows.push_back(std::move(row));
    boost::json::object markup;
    markup["inline_keyboard"] = std::move(rows);
    body["reply_markup"] = std::move(markup);
  }
  return boost::json::serialize(body);
}

}  // namespace davylamp::notify
