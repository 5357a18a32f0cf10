#include "core/alerts/warning_signs.hpp"

#include <array>
#include <charconv>

namespace davylamp::core {
namespace {

constexpr std::size_t most_lines = 12;  // two hours of the series

std::string figure(double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, value < 10 ? 1 : 0);
  return {text.data(), end.ptr};
}

std::string minutes_before(base::Time at, base::Time last) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(last - at).count();
  return minutes == 0 ? "last" : std::to_string(minutes) + " min before";
}

}  // namespace

Sign sign_of(const model::Warning& warning) {
  Sign sign;
  sign.topic = {model::ConditionKind::warning, warning.subject, warning.what};
  sign.holds = !warning.ended_at;
  sign.since = warning.since_at;
  sign.values = {{"subject", warning.subject}, {"detail", warning.why}};
  const auto& points = warning.points;
  for (std::size_t i = points.size() - std::min(points.size(), most_lines); i < points.size(); ++i) {
    const auto& point = points[i];
    sign.evidence.push_back(
        {warning.what + ", " + minutes_before(point.at, points.back().at),
         figure(point.value),
         {},
         point.value >= point.low && point.value <= point.high,
         "expected " + figure(point.expected) + ", usually " + figure(point.low) + " to " + figure(point.high)});
  }
  return sign;
}

}  // namespace davylamp::core
