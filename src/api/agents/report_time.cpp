#include "api/agents/report_time.hpp"

#include "base/text.hpp"

namespace davylamp::api {
namespace {

// Takes digits off the front of a text, and says whether everything was as it must be.
class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}
  unsigned number(std::size_t digits) {
    unsigned value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
        good_ = false;
        return 0;
      }
      value = value * 10 + static_cast<unsigned>(rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }
  void expect(char c) {
    if (!skip(c)) good_ = false;
  }
  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool at_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  void fail() { good_ = false; }
  bool done() const { return good_ && rest_.empty(); }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

base::Milliseconds fraction(Scan& scan) {
  std::int64_t value = 0;
  int digits = 0;
  for (; scan.at_digit() && digits < 9; ++digits) {
    const auto digit = scan.number(1);
    if (digits < 3) value = value * 10 + digit;
  }
  if (digits == 0) scan.fail();
  for (; digits < 3; ++digits) value *= 10;
  return base::Milliseconds(value);
}

base::Seconds offset(Scan& scan) {
  if (scan.empty() || scan.skip('Z')) return base::Seconds(0);
  const bool west = scan.skip('-');
  if (!west) scan.expect('+');
  const auto hours = scan.number(2);
  scan.skip(':');
  const auto minutes = scan.number(2);
  if (hours > 23 || minutes > 59) scan.fail();
  const base::Seconds east(hours * 3'600 + minutes * 60);
  return west ? -east : east;
}

void append_padded(std::string& out, unsigned number, unsigned width) {
  const auto digits = std::to_string(number);
  out.append(width > digits.size() ? width - digits.size() : 0, '0').append(digits);
}

}  // namespace

std::optional<base::Time> parse_report_time(std::string_view text) {
  Scan scan(base::trim(text));
  const auto year = scan.number(4);
  scan.expect('-');
  const auto month = scan.number(2);
  scan.expect('-');
  const auto day = scan.number(2);
  if (!scan.skip('T')) scan.expect(' ');
  const auto hours = scan.number(2);
  scan.expect(':');
  const auto minutes = scan.number(2);
  scan.expect(':');
  const auto seconds = scan.number(2);
  const auto part = scan.skip('.') ? fraction(scan) : base::Milliseconds(0);
  const auto east = offset(scan);
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                                         std::chrono::day(day));
  if (!scan.done() || !date.ok() || hours > 23 || minutes > 59 || seconds > 60) return std::nullopt;
  return base::Time(std::chrono::sys_days(date).time_since_epoch()) + std::chrono::hours(hours) +
         std::chrono::minutes(minutes) + base::Seconds(seconds) + part - east;
}

std::string report_time(base::Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string out;
  out.reserve(32);
  append_padded(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_padded(out, static_cast<unsigned>(clock.hours().count()), 2);
  out += ':';
  append_padded(out, static_cast<unsigned>(clock.minutes().count()), 2);
  out += ':';
  append_padded(out, static_cast<unsigned>(clock.seconds().count()), 2);
  out += '.';
  append_padded(out, static_cast<unsigned>(clock.subseconds().count()), 3);
  return out + "+00:00";
}

}  // namespace davylamp::api
