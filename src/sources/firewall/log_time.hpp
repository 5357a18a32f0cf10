// Times as logs write them: often without year or zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace davylamp::firewall {

// Either `unix_time` or `since_boot` or a date of the calendar.
struct LogTime {
  std::optional<base::Time> unix_time;
  std::optional<std::chrono::microseconds> since_boot;  // of the kernel
  int year = 0;                                         // 0: not told
  unsigned month = 0;                                   // 1 to 12; 0: no date
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  unsigned millisecond = 0;
  std::optional<base::Seconds> utc_offset;
};

// How a stamp is written: this decides what may stand behind it.
enum class StampForm : std::uint8_t {
  syslog,        // "Nov 21 03:58:42": a host follows
  rfc3339,       // "2026-11-21T03:58:42.123+02:00": a host follows
  plain,         // "2026-11-21 03:58:42", "Sat Nov 21 03:58:42 2026", with "us=340080" or without: programs' own logs
  unix_seconds,  // "1795219122.340080"
  uptime,        // "[ 2712.404686]"
};

// A stamp at the beginning of a text, and how many characters it takes, the blanks behind it included.
struct Stamp {
  LogTime time;
  StampForm form = StampForm::plain;
  std::size_t length = 0;
};
std::optional<Stamp> read_stamp(std::string_view text);
// RFC 3339, nothing behind it.
std::optional<LogTime> read_rfc3339(std::string_view text);

// What a time without year or zone means for one who reads it at `now`: the zone of this machine, and the latest year
// that makes it no more than a day from now. `booted_at` is when the kernel started. Nothing when it cannot be told.
std::optional<base::Time> to_time(const LogTime& time, base::Time now, std::optional<base::Time> booted_at);

}  // namespace davylamp::firewall
