#include "sources/openvpn/status_time.hpp"

#include <array>
#include <ctime>

#include "sources/openvpn/decimal.hpp"

namespace davylamp::openvpn {
namespace {

struct CivilTime {
  int year;
  unsigned month;
  unsigned day;
  int hour;
  int minute;
  int second;
};

std::optional<int> parse_two_digits(std::string_view text) {
  if (text.size() != 2) return std::nullopt;
  const auto value = parse_decimal(text);
  if (!value) return std::nullopt;
  return static_cast<int>(*value);
}

// ctime pads the day with a blank; some C libraries leave the blank out.
std::optional<unsigned> parse_day(std::string_view text) {
  if (text.starts_with(' ')) text.remove_prefix(1);
  const auto value = parse_decimal(text);
  if (!value) return std::nullopt;
  return static_cast<unsigned>(*value);
}

std::optional<CivilTime> checked(const CivilTime& time) {
  const auto day = std::chrono::year{time.year} / static_cast<int>(time.month) / static_cast<int>(time.day);
  if (!day.ok() || time.year < 1970 || time.hour > 23 || time.minute > 59 || time.second > 60) return std::nullopt;
  return time;
}

std::optional<CivilTime> parse_clock(std::string_view clock, CivilTime date) {
  if (clock.size() != 8 || clock[2] != ':' || clock[5] != ':') return std::nullopt;
  const auto hour = parse_two_digits(clock.substr(0, 2));
  const auto minute = parse_two_digits(clock.substr(3, 2));
  const auto second = parse_two_digits(clock.substr(6, 2));
  if (!hour || !minute || !second) return std::nullopt;
  date.hour = *hour;
  date.minute = *minute;
  date.second = *second;
  return checked(date);
}

std::optional<CivilTime> parse_iso(std::string_view text) {
  if (text.size() != 19 || text[4] != '-' || text[7] != '-' || text[10] != ' ') return std::nullopt;
  const auto year = parse_decimal(text.substr(0, 4));
  const auto month = parse_decimal(text.substr(5, 2));
  const auto day = parse_decimal(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  return parse_clock(text.substr(11),
                     {static_cast<int>(*year), static_cast<unsigned>(*month), static_cast<unsigned>(*day), 0, 0, 0});
}

std::optional<unsigned> parse_month(std::string_view text) {
  static constexpr std::string_view names = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::size_t at = names.find(text);
  if (text.size() != 3 || at == std::string_view::npos || at % 3 != 0) return std::nullopt;
  return static_cast<unsigned>(at / 3 + 1);
}

// `Www Mmm dd hh:mm:ss yyyy`
std::optional<CivilTime> parse_ctime(std::string_view text) {
  if (text.size() < 23 || text.size() > 24 || text[3] != ' ' || text[7] != ' ') return std::nullopt;
  const auto month = parse_month(text.substr(4, 3));
  const std::size_t day_length = text.size() - 22;
  const auto day = parse_day(text.substr(8, day_length));
  const std::string_view rest = text.substr(8 + day_length);
  const auto year = parse_decimal(rest.substr(10, 4));
  if (!month || !day || !year || rest[0] != ' ' || rest[9] != ' ') return std::nullopt;
  return parse_clock(rest.substr(1, 8), {static_cast<int>(*year), *month, *day, 0, 0, 0});
}

std::optional<CivilTime> parse_civil(std::string_view text) {
  if (const auto iso = parse_iso(text)) return iso;
  return parse_ctime(text);
}

}  // namespace

bool is_status_time(std::string_view text) {
  return parse_civil(text).has_value();
}

std::optional<std::int64_t> parse_status_time(std::string_view text, const ServerZone& zone) {
  const auto civil = parse_civil(text);
  if (!civil) return std::nullopt;
  if (!zone.utc_offset) {
    std::tm local{};
    local.tm_year = civil->year - 1900;
    local.tm_mon = static_cast<int>(civil->month) - 1;
    local.tm_mday = static_cast<int>(civil->day);
    local.tm_hour = civil->hour;
    local.tm_min = civil->minute;
    local.tm_sec = civil->second;
    local.tm_isdst = -1;
    return static_cast<std::int64_t>(std::mktime(&local));
  }
  const std::chrono::year_month_day date{std::chrono::year{civil->year}, std::chrono::month{civil->month},
                                         std::chrono::day{civil->day}};
  const auto days = std::chrono::sys_days{date}.time_since_epoch();
  const std::int64_t seconds =
      std::chrono::seconds{days}.count() + civil->hour * 3600 + civil->minute * 60 + civil->second;
  return seconds - zone.utc_offset->count();
}

}  // namespace davylamp::openvpn
