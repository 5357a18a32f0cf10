#include "notify/words/composer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "base/text.hpp"
#include "notify/words/catalogue.hpp"
#include "notify/words/phrase.hpp"

namespace davylamp::notify {
namespace {

using model::NoticeKind;

constexpr std::size_t most_evidence_lines = 4;
constexpr std::string_view right_to_left_mark = "\u200f";
constexpr std::int64_t seconds_of_1973 = 100'000'000;  // a greater whole number in "time" or "since" is a time

std::string padded(unsigned number, std::size_t width = 2) {
  auto text = std::to_string(number);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

std::optional<base::Time> time_in(std::string_view value) {
  const auto seconds = base::parse_number<std::int64_t>(value);
  if (!seconds || *seconds < seconds_of_1973 || *seconds > 100 * seconds_of_1973) return std::nullopt;
  return base::from_unix_seconds(*seconds);
}

std::string place_text(const std::optional<model::Place>& place) {
  if (!place) return {};
  std::string text;
  for (const auto& word : {place->country, place->network}) {
    if (!word) continue;
    if (!text.empty()) text += ", ";
    text += *word;
  }
  return text.empty() ? text : " (" + text + ")";
}

std::optional<std::string> value_of(const model::Incident& incident, const std::string& name, Language language) {
  const auto found = incident.values.find(name);
  if (found == incident.values.end()) return std::nullopt;
  return safe_value(found->second, language);
}

}  // namespace

std::string Composer::local_time(base::Time at) const {
  const auto span = zones_.span(zone_, at);
  const auto local = at + (span ? span->offset : base::Seconds{0});
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<base::Seconds>(local - day));
  const auto text = std::to_string(static_cast<int>(date.year())) + "-" + padded(static_cast<unsigned>(date.month())) +
                    "-" + padded(static_cast<unsigned>(date.day())) + " " +
                    padded(static_cast<unsigned>(time.hours().count())) + ":" +
                    padded(static_cast<unsigned>(time.minutes().count()));
  return safe_value(digits(text, language_) + " (" + (span ? zone_ : "UTC") + ")", language_);
}

std::string Composer::duration(base::Seconds length) const {
  const auto& frame = catalogue(language_).frame;
  const std::array<std::pair<std::int64_t, std::string_view>, 4> units = {
      {{86'400, frame.days}, {3'600, frame.hours}, {60, frame.minutes}, {1, frame.seconds}}};
  auto rest = std::max<std::int64_t>(0, length.count());
  const auto first = std::ranges::find_if(units, [&](const auto& unit) { return rest >= unit.first; });
  if (first == units.end()) return fill(frame.seconds, language_, [](auto) { return "0"; });
  std::string text;
  for (auto unit = first; unit != units.end() && unit - first < 2; ++unit) {
    auto count = std::to_string(rest / unit->first);
    rest %= unit->first;
    if (count == "0") continue;
    if (!text.empty()) text += " ";
    text += fill(unit->second, language_, [&](auto) { return std::optional(count); });
  }
  return text;
}

std::string Composer::fill_from(std::string_view phrase, const model::Incident& incident) const {
  return fill(phrase, language_, [&](std::string_view name) -> std::optional<std::string> {
    const auto found = incident.values.find(std::string(name));
    auto value = found != incident.values.end() ? found->second : name == "subject" ? incident.subject : "";
    if (value.empty()) return std::nullopt;
    if (name == "count" || name == "percent" || name == "limit") {
      if (base::parse_number<std::uint64_t>(value)) return value;
    }
    if (name == "since" || name == "time") {
      if (const auto at = time_in(value)) return local_time(*at);
    }
    return safe_value(value, language_);
  });
}

std::string Composer::title_of(const model::Delivery& delivery) const {
  const auto& words = words_for(language_, delivery.incident.condition);
  if (delivery.notice == NoticeKind::resolved) return fill_from(words.over, delivery.incident);
  auto title = fill_from(words.title, delivery.incident);
  if (delivery.notice != NoticeKind::again) return title;
  return fill(catalogue(language_).frame.again, language_, [&](auto) { return title; });
}

std::string Composer::text_of(const model::Delivery& delivery, base::Time now) const {
  const auto& incident = delivery.incident;
  const auto& frame = catalogue(language_).frame;
  const bool over = delivery.notice == NoticeKind::resolved;
  const auto end = over ? incident.resolved_at.value_or(delivery.made_at) : now;
  const auto find = [&](std::string_view name) -> std::optional<std::string> {
    if (name == "began") return local_time(incident.since_at);
    if (name == "ended") return local_time(end);
    if (name == "duration") return duration(std::chrono::floor<base::Seconds>(end - incident.since_at));
    if (name == "others") return std::to_string(delivery.others);
    if (name == "names") return value_of(incident, "others", language_);
    return std::nullopt;
  };
  std::string text;
  if (!over) {
    text = fill_from(words_for(language_, incident.condition).text, incident);
    std::size_t lines = 0;
    for (const auto& line : incident.evidence) {
      if (line.as_expected || lines++ == most_evidence_lines) continue;
      text += "\n• " + safe_value(line.what + ": " + line.value + place_text(line.place), language_);
    }
    text += "\n";
  }
  text += fill(over                                   ? frame.lasted
               : delivery.notice == NoticeKind::again ? frame.so_far
                                                      : frame.began,
               language_, find);
  if (delivery.others != 0) text += "\n" + fill(frame.others, language_, find);
  return text;
}

contract::Message Composer::compose(const model::Delivery& delivery, base::Time now) const {
  if (delivery.notice == NoticeKind::test) {
    auto message = test(delivery.channel, delivery.made_at);
    message.delivery_id = delivery.id;
    return message;
  }
  contract::Message message;
  message.title = title_of(delivery);
  message.text = text_of(delivery, now);
  message.severity = delivery.incident.severity;
  message.notice = delivery.notice;
  message.delivery_id = delivery.id;
  message.incident_id = delivery.incident_id;
  message.key = delivery.incident.key;
  message.incident = delivery.incident;
  message.at = delivery.made_at;
  if (delivery.notice != NoticeKind::resolved && !delivery.incident.acknowledged_at && !delivery.incident.resolved_at) {
    message.acknowledge_label = std::string(catalogue(language_).frame.acknowledge);
  }
  message.right_to_left = language_ == Language::fa;
  if (message.right_to_left) {
    message.title = right_to_left(message.title);
    message.text = right_to_left(message.text);
  }
  return message;
}

contract::Message Composer::test(std::string_view channel, base::Time now) const {
  const auto& frame = catalogue(language_).frame;
  contract::Message message;
  message.title = frame.test_title;
  message.text = fill(frame.test_text, language_, [&](auto) { return safe_value(channel, language_); });
  message.notice = NoticeKind::test;
  message.at = now;
  message.right_to_left = language_ == Language::fa;
  if (message.right_to_left) {
    message.title = right_to_left(message.title);
    message.text = right_to_left(message.text);
  }
  return message;
}

std::string right_to_left(std::string_view text) {
  std::string out;
  for (const auto line : base::split(text, '\n')) {
    if (!out.empty()) out += '\n';
    out += right_to_left_mark;
    out += line;
  }
  return out;
}

std::string volume_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 6> units = {"B", "kB", "MB", "GB", "TB", "PB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= 1000 && unit + 1 < units.size()) {
    size /= 1000;
    ++unit;
  }
  const auto tenths = static_cast<std::uint64_t>(size * 10);
  const bool with_tenth = unit > 0 && size < 100;
  return std::to_string(tenths / 10) + (with_tenth ? "." + std::to_string(tenths % 10) : "") + " " +
         std::string(units[unit]);
}

}  // namespace davylamp::notify
