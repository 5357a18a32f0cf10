#include "notify/email/letter.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/text.hpp"
#include "notify/shorten.hpp"

namespace davylamp::notify {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t body_line = 76;           // RFC 2045, 6.8
constexpr std::size_t encoded_word_bytes = 45;  // 60 characters of base64, and 12 around them: under 75 (RFC 2047, 2)
constexpr std::size_t longest_subject_bytes = 400;
constexpr std::size_t longest_body_bytes = 100'000;

std::string base64(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = (group << 8U) | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out += i + j <= bytes.size() ? alphabet[(group >> (18 - (6 * j))) & 63U] : '=';
    }
  }
  return out;
}

std::string two_digits(unsigned number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

// RFC 5322, 3.3, in UTC.
std::string mail_date(base::Time at) {
  constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<base::Seconds>(at - day));
  std::string out(days[std::chrono::weekday(day).c_encoding()]);
  out += ", " + std::to_string(static_cast<unsigned>(date.day())) + " ";
  out += months[static_cast<unsigned>(date.month()) - 1];
  out += " " + std::to_string(static_cast<int>(date.year())) + " " +
         two_digits(static_cast<unsigned>(time.hours().count())) + ":" +
         two_digits(static_cast<unsigned>(time.minutes().count())) + ":" +
         two_digits(static_cast<unsigned>(time.seconds().count())) + " +0000";
  return out;
}

std::string domain_of(const std::string& address) {
  const auto at = address.rfind('@');
  return at == std::string::npos || at + 1 == address.size() ? "davylamp.invalid" : address.substr(at + 1);
}

std::string joined(const std::vector<std::string>& addresses) {
  std::string out;
  for (const auto& address : addresses) {
    if (!is_mail_address(address)) continue;
    if (!out.empty()) out += ",\r\n ";
    out += address;
  }
  return out;
}

std::string body_lines(std::string_view text) {
  const auto encoded = base64(text);
  std::string out;
  for (std::size_t i = 0; i < encoded.size(); i += body_line) {
    out += encoded.substr(i, body_line);
    out += line_end;
  }
  return out;
}

std::string importance(const contract::Message& message) {
  const bool is_grave = message.severity == model::Severity::critical && message.notice != model::NoticeKind::resolved;
  return is_grave ? "Importance: high\r\nX-Priority: 1\r\n" : "";
}

std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

}  // namespace

std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto size = std::min(encoded_word_bytes, text.size());
    while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) --size;
    if (size == 0) size = std::min(encoded_word_bytes, text.size());
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return out;
}

bool is_mail_address(std::string_view text) {
  constexpr std::size_t longest = 254;  // RFC 5321, 4.5.3.1.3
  const auto at = text.find('@');
  return text.size() <= longest && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos && std::ranges::all_of(text, [](char c) {
           return c > 0x20 && c < 0x7f && !std::string_view("<>()[]\\,;:\"").contains(c);
         });
}

std::string letter(const contract::Message& message, const LetterHead& head) {
  const auto domain = domain_of(head.from);
  const auto millis = std::to_string(message.at.time_since_epoch().count());
  std::string out = "Date: " + mail_date(message.at) + "\r\nFrom: Davylamp <" + head.from +
                    ">\r\nTo: " + joined(head.to) +
                    "\r\nSubject: " + encoded_words(shortened(base::to_utf8(message.title), longest_subject_bytes)) +
                    "\r\nMessage-ID: <davylamp.delivery." + std::to_string(message.delivery_id) + "." + millis + "@" +
                    domain + ">\r\n";
  if (message.incident_id != 0) {
    const auto began = std::to_string(message.incident.since_at.time_since_epoch().count());
    const auto thread = "<davylamp.incident." + std::to_string(message.incident_id) + "." + began + "@" + domain + ">";
    out += "In-Reply-To: " + thread + "\r\nReferences: " + thread + "\r\n";
  }
  out += importance(message);
  out +=
      "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n";
  out += body_lines(crlf(shortened(base::to_utf8(message.text), longest_body_bytes)));
  return out;
}

}  // namespace davylamp::notify
