#include "core/agents/path_rules.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

namespace davylamp::core {
namespace {

constexpr double least_loss = 0.02;
constexpr double loss_factor = 3;
constexpr std::uint32_t least_lost = 3;
constexpr int least_lossy_looks = 2;
constexpr double latency_factor = 1.5;
constexpr double latency_step_milliseconds = 20;

std::string number_text(const char* form, double value) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), form, value);
  return text.data();
}

}  // namespace

UsualPath usual_path(const Hours& hours, base::Time until) {
  UsualPath usual;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  Histogram latency;
  for (const auto& hour : hours.all()) {
    if (hour.at >= until) break;
    sent += hour.probes_sent;
    received += hour.probes_received;
    std::array<std::uint32_t, model::AgentHour::buckets> counts{};
    std::ranges::copy(hour.latency, counts.begin());
    latency.add(counts);
    usual.looks += hour.heartbeats;
  }
  if (latency.count() >= UsualPath::least_looks) usual.latency_p95 = latency.percentile(0.95);
  if (sent > 0) usual.loss = static_cast<double>(sent - received) / static_cast<double>(sent);
  return usual;
}

std::string PathWatch::why() const {
  const auto& usual = usual_;
  if (usual.looks < UsualPath::least_looks || looks_.size() < 3) return {};
  std::uint32_t sent = 0;
  std::uint32_t lost = 0;
  int lossy = 0;
  std::vector<double> latencies;
  for (const auto& look : looks_) {
    sent += look.sent;
    lost += look.lost;
    lossy += look.lost > 0 ? 1 : 0;
    if (look.latency_milliseconds) latencies.push_back(*look.latency_milliseconds);
  }
  const double loss = sent == 0 ? 0 : static_cast<double>(lost) / sent;
  if (loss >= least_loss && loss >= loss_factor * usual.loss && lost >= least_lost && lossy >= least_lossy_looks) {
    return number_text("loss of %.1f %%", loss * 100) + number_text(", usual is %.1f %%", usual.loss * 100);
  }
  if (!usual.latency_p95 || latencies.size() < 3) return {};
  const auto middle = latencies.begin() + static_cast<std::ptrdiff_t>((latencies.size() - 1) / 2);
  std::ranges::nth_element(latencies, middle);
  if (*middle <= *usual.latency_p95 * latency_factor || *middle <= *usual.latency_p95 + latency_step_milliseconds)
    return {};
  return number_text("latency of %.0f ms", *middle) + number_text(", usually below %.0f ms", *usual.latency_p95);
}

std::optional<Shown> PathWatch::look(const Look& look, const UsualPath& usual) {
  looks_.push_back(look);
  if (looks_.size() > window_looks) looks_.pop_front();
  constexpr base::Seconds day{86'400};
  if (!worse_since_ || look.at - *worse_since_ > day) usual_ = usual;
  const auto reason = why();
  if (!reason.empty() && !worse_since_) worse_since_ = look.at;
  worse_ = reason.empty() ? 0 : std::min(worse_ + 1, hold_looks);
  calm_ = reason.empty() ? std::min(calm_ + 1, hold_looks) : 0;
  if (calm_ >= hold_looks) worse_since_.reset();
  if (worse_ < hold_looks) return std::nullopt;
  return Shown{
      model::FindingKind::degraded,
      2,
      "Degraded: " + reason,
      {{"path", reason, std::nullopt, false, "The last " + std::to_string(looks_.size()) + " looks: " + reason}}};
}

}  // namespace davylamp::core
