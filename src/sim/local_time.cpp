#include "sim/local_time.hpp"

#include <ctime>

namespace davylamp::sim {
namespace {

std::string formatted(std::int64_t seconds, const char* format) {
  const auto at = static_cast<std::time_t>(seconds);
  std::tm parts{};
  localtime_r(&at, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

}  // namespace

std::string iso_local_time(std::int64_t seconds) {
  return formatted(seconds, "%Y-%m-%d %H:%M:%S");
}

std::string ctime_local_time(std::int64_t seconds) {
  return formatted(seconds, "%a %b %e %H:%M:%S %Y");
}

const std::string& LocalTimes::text_of(std::int64_t seconds) {
  auto& known = known_[static_cast<std::size_t>(seconds) % known_.size()];
  if (known.seconds != seconds) known = {seconds, iso_ ? iso_local_time(seconds) : ctime_local_time(seconds)};
  return known.text;
}

}  // namespace davylamp::sim
