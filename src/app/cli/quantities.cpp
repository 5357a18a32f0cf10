#include "app/cli/quantities.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace davylamp::app {
namespace {

std::string scaled(std::uint64_t amount, const std::array<std::string_view, 6>& units) {
  if (amount < 1000) return fmt::format("{} {}", amount, units[0]);
  auto value = static_cast<double>(amount);
  std::size_t unit = 0;
  // 999.5 would be written as 1000.
  while (value >= 999.5 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}", value, decimals, units[unit]);
}

}  // namespace

std::string bytes_text(std::uint64_t bytes) {
  return scaled(bytes, {"B", "kB", "MB", "GB", "TB", "PB"});
}

std::string rate_text(std::uint64_t bits_per_second) {
  return scaled(bits_per_second, {"bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s", "Pbit/s"});
}

std::string span_text(base::Milliseconds span) {
  const auto seconds = std::max<std::int64_t>(0, std::chrono::floor<base::Seconds>(span).count());
  if (seconds >= 86'400) return fmt::format("{} d {} h", seconds / 86'400, seconds % 86'400 / 3600);
  if (seconds >= 3600) return fmt::format("{} h {} m", seconds / 3600, seconds % 3600 / 60);
  if (seconds >= 60) return fmt::format("{} m {} s", seconds / 60, seconds % 60);
  return fmt::format("{} s", seconds);
}

std::string time_text(base::Time time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(base::to_unix_seconds(time))));
}

}  // namespace davylamp::app
