#include "app/cli/moments.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <set>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

using std::chrono::days;

constexpr std::array<std::string_view, 7> weekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                   "thursday", "friday", "saturday"};
constexpr std::string_view advice = "; write 2026-12-01, 2026-12-01T18:00, friday or +3d";

base::Result<base::Time> bad(std::string_view text, std::string_view what) {
  return base::fail("usage", "\"" + base::printable(text) + "\" " + std::string(what));
}

// Local time as if it were UTC.
base::Result<base::Time> local_of(base::Time at, const Here& here) {
  const auto span = here.zones.span(here.zone, at);
  if (!span) return std::unexpected(span.error());
  return at + span->offset;
}

// The moments at which the zone's clocks show `local`: one, none in a gap, two where they are set back.
base::Result<std::set<base::Time>> moments_of(base::Time local, const Here& here) {
  std::set<base::Time> moments;
  for (const auto around : {local - days{1}, local + days{1}}) {
    const auto span = here.zones.span(here.zone, around);
    if (!span) return std::unexpected(span.error());
    const auto moment = local - span->offset;
    const auto there = here.zones.span(here.zone, moment);
    if (there && there->offset == span->offset) moments.insert(moment);
  }
  return moments;
}

base::Result<base::Time> end_of_day(base::Time local, const Here& here) {
  const auto midnight = std::chrono::floor<days>(local) + days{1};
  // Where the midnight is skipped, the day ends when the clocks go on.
  for (int hours = 0; hours < 4; ++hours) {
    const auto moments = moments_of(midnight + std::chrono::hours{hours}, here);
    if (!moments) return std::unexpected(moments.error());
    if (!moments->empty()) return *moments->begin();
  }
  return base::fail("usage", "that day does not end in " + here.zone);
}

std::optional<base::Time> parse_span(std::string_view text, base::Time now) {
  const auto end = std::min(text.find_first_not_of("0123456789", 1), text.size());
  const auto count = base::parse_number<std::uint16_t>(text.substr(1, end - 1));
  const auto unit = text.substr(end);
  if (!count || *count == 0) return std::nullopt;
  if (unit == "min") return now + std::chrono::minutes{*count};
  if (unit == "h") return now + std::chrono::hours{*count};
  if (unit == "d") return now + days{*count};
  if (unit == "w") return now + days{7 * *count};
  return std::nullopt;
}

std::optional<base::Time> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = base::parse_number<unsigned>(text.substr(0, 4));
  const auto month = base::parse_number<unsigned>(text.substr(5, 2));
  const auto day = base::parse_number<unsigned>(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const auto date = std::chrono::year{static_cast<int>(*year)} / std::chrono::month{*month} / std::chrono::day{*day};
  if (!date.ok()) return std::nullopt;
  return base::Time{std::chrono::sys_days{date}};
}

// "18:00" or "18:00:30".
std::optional<base::Seconds> parse_clock(std::string_view text) {
  const auto parts = base::split(text, ':');
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  constexpr std::array most{23, 59, 59};
  std::int64_t seconds = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto part = i < parts.size() ? base::parse_number<int>(parts[i]) : 0;
    if (!part || *part < 0 || *part > most[i] || (i < parts.size() && parts[i].size() != 2)) return std::nullopt;
    seconds = seconds * 60 + *part;
  }
  return base::Seconds{seconds};
}

// "Z", "+02:00": what local time is ahead of UTC.
std::optional<base::Seconds> parse_offset(std::string_view text) {
  if (text == "Z") return base::Seconds{0};
  if (text.size() != 6) return std::nullopt;
  const auto ahead = parse_clock(text.substr(1));
  if (!ahead) return std::nullopt;
  return text.front() == '-' ? -*ahead : *ahead;
}

base::Result<base::Time> parse_date_and_clock(std::string_view text, const Here& here) {
  const auto date = parse_date(text.substr(0, 10));
  const auto rest = text.substr(11);
  const auto mark = std::min(rest.find_first_of("Z+-"), rest.size());
  const auto clock = parse_clock(rest.substr(0, mark));
  if (!date || !clock) return bad(text, "is not a date and time" + std::string(advice));
  if (mark != rest.size()) {
    const auto offset = parse_offset(rest.substr(mark));
    if (!offset) return bad(text, "ends in no offset from UTC; write Z or +02:00");
    return *date + *clock - *offset;
  }
  const auto moments = moments_of(*date + *clock, here);
  if (!moments) return std::unexpected(moments.error());
  if (moments->size() == 1) return *moments->begin();
  return bad(text, std::string(moments->empty() ? "is skipped" : "happens twice") + " in " + here.zone +
                       ", where the clocks change; write it with Z or an offset like +02:00");
}

// The end of the next day of that name; nothing when it is no such name.
std::optional<base::Result<base::Time>> parse_weekday(std::string_view text, const Here& here) {
  if (text.size() < 3) return std::nullopt;
  for (unsigned i = 0; i < weekdays.size(); ++i) {
    if (!weekdays[i].starts_with(text)) continue;
    const auto local = local_of(here.now, here);
    if (!local) return std::unexpected(local.error());
    const auto today = std::chrono::floor<days>(*local);
    const auto ahead = std::chrono::weekday{i} - std::chrono::weekday{today};
    if (ahead == days{0}) return bad(text, "is today; write today, or +7d for the next one");
    return end_of_day(base::Time{today} + ahead, here);
  }
  return std::nullopt;
}

base::Result<base::Time> parse_any(std::string_view text, const Here& here) {
  const auto word = base::to_lower(text);
  if (word.starts_with('+')) {
    if (const auto moment = parse_span(word, here.now)) return *moment;
    return bad(text, "is not a span; write +30min, +12h, +3d or +2w");
  }
  if (word == "today" || word == "tomorrow") {
    const auto local = local_of(here.now, here);
    if (!local) return std::unexpected(local.error());
    return end_of_day(*local + days{word == "today" ? 0 : 1}, here);
  }
  if (auto moment = parse_weekday(word, here)) return std::move(*moment);
  if (const auto date = parse_date(text)) return end_of_day(*date, here);
  if (text.size() > 11 && (text[10] == 'T' || text[10] == ' ')) return parse_date_and_clock(text, here);
  return bad(text, "is not a day or time that is understood" + std::string(advice));
}

}  // namespace

base::Result<base::Time> parse_until(std::string_view text, const Here& here) {
  auto moment = parse_any(base::trim(text), here);
  if (moment && *moment <= here.now) return bad(text, "is over already: it was " + local_text(*moment, here));
  return moment;
}

base::Result<base::Time> parse_recorded(std::string_view text, const Here& here) {
  const auto whole = text.substr(0, std::min(text.find('.'), text.size()));
  const auto date = parse_date(whole.substr(0, 10));
  const auto clock = whole.size() < 16 ? std::nullopt : parse_clock(whole.substr(11));
  if (!date || !clock) {
    return base::fail("bad_time", "\"" + base::printable(text) + "\" is not a time like 2026-10-07 10:45:06");
  }
  const auto moments = moments_of(*date + *clock, here);
  if (!moments) return std::unexpected(moments.error());
  if (!moments->empty()) return *moments->begin();
  return *date + *clock - base::value_or_throw(here.zones.span(here.zone, *date + *clock - days{1})).offset;
}

std::string local_text(base::Time time, const Here& here) {
  const auto local = local_of(time, here);
  const auto shown = local.value_or(time);
  const std::chrono::year_month_day date{std::chrono::floor<days>(shown)};
  const auto minutes = std::chrono::floor<std::chrono::minutes>(shown - std::chrono::floor<days>(shown)).count();
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} {}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), minutes / 60, minutes % 60,
                     local ? here.zone : "UTC");
}

}  // namespace davylamp::app
