#include "app/log.hpp"

#include <array>
#include <ctime>

#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr base::Seconds repeat_after{60};
constexpr std::size_t most_remembered = 1000;

std::string time_text(base::Time at) {
  const std::time_t seconds = base::to_unix_seconds(at);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

}  // namespace

void Log::write(LogLevel level, std::string_view text) {
  if (level < least_) return;
  const auto now = clock_.now();
  auto line = base::printable(text);
  const std::lock_guard lock(mutex_);
  if (said_.size() > most_remembered) said_.clear();
  auto& said = said_[line];
  if (said.at != base::Time{} && now - said.at < repeat_after) {
    ++said.held_back;
    return;
  }
  out_ << time_text(now) << ' ' << base::json::enum_name(level) << ' ' << line;
  if (said.held_back != 0) out_ << " (and " << said.held_back << " times before)";
  out_ << '\n' << std::flush;
  said = {now, 0};
}

}  // namespace davylamp::app
