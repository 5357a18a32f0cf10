#include "core/wording.hpp"

#include <array>
#include <cstdio>

namespace davylamp::core {

std::string volume_text(std::uint64_t bytes) {
  constexpr std::array units{"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  const int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  std::snprintf(text.data(), text.size(), "%.*f %s", decimals, value, units[unit]);
  return text.data();
}

std::string span_text(base::Milliseconds span) {
  const auto seconds = std::chrono::duration_cast<base::Seconds>(span).count();
  std::array<char, 48> text{};
  if (seconds < 60) {
    std::snprintf(text.data(), text.size(), "%lld s", static_cast<long long>(seconds));
  } else if (seconds < 3600) {
    std::snprintf(text.data(), text.size(), "%lld m", static_cast<long long>(seconds / 60));
  } else {
    std::snprintf(text.data(), text.size(), "%lld h %02lld m", static_cast<long long>(seconds / 3600),
                  static_cast<long long>(seconds / 60 % 60));
  }
  return text.data();
}

}  // namespace davylamp::core
