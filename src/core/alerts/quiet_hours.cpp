#include "core/alerts/quiet_hours.hpp"

#include "base/text.hpp"

namespace davylamp::core {

std::uint16_t minute_of_day(const base::Zones& zones, const std::string& zone, base::Time now) {
  const auto span = zones.span(zone, now);
  const auto local = now + (span ? span->offset : base::Seconds{0});
  const auto day = std::chrono::floor<std::chrono::days>(local);
  return static_cast<std::uint16_t>(std::chrono::floor<std::chrono::minutes>(local - day).count());
}

bool is_quiet(std::uint16_t from, std::uint16_t to, std::uint16_t minute) {
  if (from <= to) return from <= minute && minute < to;
  return minute >= from || minute < to;
}

std::optional<std::uint16_t> parse_time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return {};
  const auto hours = base::parse_number<std::uint16_t>(text.substr(0, 2));
  const auto minutes = base::parse_number<std::uint16_t>(text.substr(3));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return {};
  return static_cast<std::uint16_t>(*hours * 60 + *minutes);
}

}  // namespace davylamp::core
