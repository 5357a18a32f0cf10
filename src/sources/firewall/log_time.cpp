#include "sources/firewall/log_time.hpp"

#include <array>
#include <ctime>

#include "base/text.hpp"

namespace davylamp::firewall {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> weekdays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Reads a text from left to right; a part that is not there leaves it where it was.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  std::size_t at() const { return at_; }
  std::string_view rest() const { return text_.substr(at_); }
  bool take(char c) {
    if (!rest().starts_with(c)) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (!rest().starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  bool blanks() {
    const auto before = at_;
    while (take(' ')) {
    }
    return at_ > before;
  }
  // A number of `least` to `most` digits.
  std::optional<std::uint64_t> number(std::size_t least, std::size_t most) {
    std::size_t size = 0;
    while (size < most && size < rest().size() && is_digit(rest()[size])) ++size;
    if (size < least) return std::nullopt;
    const auto value = base::parse_number<std::uint64_t>(rest().substr(0, size));
    if (value) at_ += size;
    return value;
  }
  template <std::size_t count>
  std::optional<unsigned> one_of(const std::array<std::string_view, count>& names) {
    for (unsigned i = 0; i < count; ++i) {
      if (take(names[i])) return i;
    }
    return std::nullopt;
  }
  // ".123456" as milliseconds.
  unsigned fraction() {
    if (rest().size() < 2 || (rest()[0] != '.' && rest()[0] != ',') || !is_digit(rest()[1])) return 0;
    ++at_;
    unsigned milliseconds = 0;
    for (unsigned scale = 100; !rest().empty() && is_digit(rest()[0]); scale /= 10, ++at_)
      milliseconds += scale * static_cast<unsigned>(rest()[0] - '0');
    return milliseconds;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_real(const LogTime& time) {
  return time.month >= 1 && time.month <= 12 && time.day >= 1 && time.day <= 31 && time.hour <= 24 &&
         time.minute <= 59 && time.second <= 60;
}

bool read_clock(Cursor& cursor, LogTime& time) {
  const auto hour = cursor.number(1, 2);
  if (!hour || !cursor.take(':')) return false;
  const auto minute = cursor.number(2, 2);
  if (!minute || !cursor.take(':')) return false;
  const auto second = cursor.number(2, 2);
  if (!second) return false;
  time.hour = static_cast<unsigned>(*hour);
  time.minute = static_cast<unsigned>(*minute);
  time.second = static_cast<unsigned>(*second);
  time.millisecond = cursor.fraction();
  return true;
}

bool read_iso_date(Cursor& cursor, LogTime& time) {
  const auto year = cursor.number(4, 4);
  if (!year || (!cursor.take('-') && !cursor.take('/'))) return false;
  const auto month = cursor.number(2, 2);
  if (!month || (!cursor.take('-') && !cursor.take('/'))) return false;
  const auto day = cursor.number(2, 2);
  if (!day) return false;
  time.year = static_cast<int>(*year);
  time.month = static_cast<unsigned>(*month);
  time.day = static_cast<unsigned>(*day);
  return true;
}

void read_offset(Cursor& cursor, LogTime& time) {
  auto tried = cursor;
  if (tried.take('Z')) {
    time.utc_offset = base::Seconds{0};
    cursor = tried;
    return;
  }
  const bool minus = tried.rest().starts_with('-');
  if (!tried.take('+') && !tried.take('-')) return;
  const auto hours = tried.number(2, 2);
  tried.take(':');
  const auto minutes = tried.number(2, 2);
  if (!hours || *hours > 14 || minutes.value_or(0) > 59) return;
  const base::Seconds offset =
      std::chrono::hours{static_cast<int>(*hours)} + std::chrono::minutes{static_cast<int>(minutes.value_or(0))};
  time.utc_offset = minus ? -offset : offset;
  cursor = tried;
}

bool ends_word(const Cursor& cursor) {
  return cursor.rest().empty() || cursor.rest()[0] == ' ' || cursor.rest()[0] == ':' || cursor.rest()[0] == ']';
}

std::optional<Stamp> done(Cursor& cursor, const LogTime& time, StampForm form) {
  if (!ends_word(cursor)) return std::nullopt;
  if (!time.unix_time && !time.since_boot && !is_real(time)) return std::nullopt;
  cursor.take(':');
  cursor.blanks();
  return Stamp{time, form, cursor.at()};
}

// OpenVPN with verb 4 and more writes "us=340080" behind its stamps.
void read_microseconds(Cursor& cursor, LogTime& time) {
  auto tried = cursor;
  tried.blanks();
  if (!tried.take("us=")) return;
  if (const auto micros = tried.number(1, 6)) {
    time.millisecond = static_cast<unsigned>(*micros / 1000);
    cursor = tried;
  }
}

std::optional<Stamp> read_iso(std::string_view text) {
  Cursor cursor(text);
  LogTime time;
  // journalctl -o short-full: "Sat 2026-11-21 03:58:42 UTC host ..."
  const bool full = cursor.one_of(weekdays).has_value();
  if (full && !cursor.blanks()) return std::nullopt;
  if (!read_iso_date(cursor, time)) return std::nullopt;
  const bool standard = cursor.take('T');
  if (!standard && !cursor.blanks()) return std::nullopt;
  if (!read_clock(cursor, time)) return std::nullopt;
  read_offset(cursor, time);
  read_microseconds(cursor, time);
  if (!full) return done(cursor, time, standard ? StampForm::rfc3339 : StampForm::plain);
  cursor.blanks();
  if (cursor.take("UTC")) {
    time.utc_offset = base::Seconds{0};
  } else {
    while (!ends_word(cursor)) cursor.take(cursor.rest()[0]);
  }
  return done(cursor, time, StampForm::rfc3339);
}

// "Nov  1 03:58:42", "Nov 21 2026 03:58:42", "Sat Nov 21 03:58:42 2026", "2026 Nov 21 03:58:42".
std::optional<Stamp> read_syslog(std::string_view text) {
  Cursor cursor(text);
  LogTime time;
  const bool named = cursor.one_of(weekdays).has_value();
  if (named) {
    cursor.take(',');
    if (!cursor.blanks()) return std::nullopt;
  } else if (const auto year = cursor.number(4, 4)) {
    time.year = static_cast<int>(*year);
    if (!cursor.blanks()) return std::nullopt;
  }
  const auto month = cursor.one_of(months);
  if (!month || !cursor.blanks()) return std::nullopt;
  time.month = *month + 1;
  const auto day = cursor.number(1, 2);
  if (!day || !cursor.blanks()) return std::nullopt;
  time.day = static_cast<unsigned>(*day);
  auto tried = cursor;
  if (const auto year = tried.number(4, 4); year && tried.blanks()) {
    time.year = static_cast<int>(*year);
    cursor = tried;
  }
  if (!read_clock(cursor, time)) return std::nullopt;
  if (!named) return done(cursor, time, StampForm::syslog);
  tried = cursor;
  tried.blanks();
  if (const auto year = tried.number(4, 4)) {
    time.year = static_cast<int>(*year);
    cursor = tried;
  }
  read_microseconds(cursor, time);
  return done(cursor, time, StampForm::plain);
}

// "1795219122.340080", and "[ 2712.404686]", which is the time since the kernel started.
std::optional<Stamp> read_seconds(std::string_view text) {
  Cursor cursor(text);
  LogTime time;
  const bool bracket = cursor.take('[');
  if (bracket) cursor.blanks();
  const auto seconds = cursor.number(1, bracket ? 12 : 11);
  if (!seconds || !cursor.rest().starts_with('.')) return std::nullopt;
  const base::Milliseconds whole{*seconds * 1000 + cursor.fraction()};
  if (!bracket) {
    if (*seconds < 100'000'000) return std::nullopt;
    time.unix_time = base::Time{whole};
    return done(cursor, time, StampForm::unix_seconds);
  }
  // A processor or thread may be named behind the time: "[ 2712.404686][    T1]".
  if (!cursor.take(']')) return std::nullopt;
  auto tried = cursor;
  if (tried.take('[')) {
    tried.blanks();
    if (tried.take('T') || tried.take('C')) {
      if (tried.number(1, 8) && tried.take(']')) cursor = tried;
    }
  }
  time.since_boot = whole;
  return done(cursor, time, StampForm::uptime);
}

std::optional<Stamp> read_bracketed_date(std::string_view text) {
  if (!text.starts_with('[')) return std::nullopt;
  auto stamp = read_syslog(text.substr(1));
  if (!stamp || !text.substr(1 + stamp->length).starts_with(']')) return std::nullopt;
  stamp->length += 2;
  while (text.substr(stamp->length).starts_with(' ')) ++stamp->length;
  return stamp;
}

base::Time with_offset(const LogTime& time, int year, base::Seconds offset) {
  const std::chrono::sys_days day{
      std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{time.month}, std::chrono::day{time.day}}};
  return base::Time{day} + std::chrono::hours{time.hour} + std::chrono::minutes{time.minute} +
         base::Seconds{time.second} + base::Milliseconds{time.millisecond} - offset;
}

base::Time in_year(const LogTime& time, int year) {
  if (time.utc_offset) return with_offset(time, year, *time.utc_offset);
  std::tm local{};
  local.tm_year = year - 1900;
  local.tm_mon = static_cast<int>(time.month) - 1;
  local.tm_mday = static_cast<int>(time.day);
  local.tm_hour = static_cast<int>(time.hour);
  local.tm_min = static_cast<int>(time.minute);
  local.tm_sec = static_cast<int>(time.second);
  local.tm_isdst = -1;
  return base::from_unix_seconds(std::mktime(&local)) + base::Milliseconds{time.millisecond};
}

}  // namespace

std::optional<Stamp> read_stamp(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (auto stamp = read_iso(text)) return stamp;
  if (auto stamp = read_syslog(text)) return stamp;
  if (auto stamp = read_seconds(text)) return stamp;
  return read_bracketed_date(text);
}

std::optional<LogTime> read_rfc3339(std::string_view text) {
  const auto stamp = read_iso(text);
  if (!stamp || stamp->length != text.size() || stamp->form != StampForm::rfc3339) return std::nullopt;
  return stamp->time;
}

std::optional<base::Time> to_time(const LogTime& time, base::Time now, std::optional<base::Time> booted_at) {
  if (time.unix_time) return time.unix_time;
  if (time.since_boot) {
    if (!booted_at) return std::nullopt;
    return *booted_at + std::chrono::duration_cast<base::Milliseconds>(*time.since_boot);
  }
  if (time.month == 0) return std::nullopt;
  if (time.year != 0) return in_year(time, time.year);
  const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
  const int year = static_cast<int>(today.year());
  for (const int tried : {year + 1, year}) {
    const auto found = in_year(time, tried);
    if (found <= now + std::chrono::hours{24}) return found;
  }
  return in_year(time, year - 1);
}

}  // namespace davylamp::firewall
