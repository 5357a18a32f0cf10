#include "witness/ebpf/path_memory.hpp"

#include <algorithm>
#include <cmath>

namespace davylamp::ebpf {
namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t minute = 60 * second;
constexpr std::uint64_t mark_every = 5 * second;
constexpr std::uint64_t fewest = 10;  // of packets: fewer tell nothing of a loss

}  // namespace

void LossWindow::note(std::uint64_t now, std::uint64_t expected, std::uint64_t received) {
  if (filled_ == 0 || now >= marks_[(next_ + marks_.size() - 1) % marks_.size()].at + mark_every) {
    // The first mark is the beginning of the flow: what was counted before belongs to the minute.
    marks_[next_] = filled_ == 0 ? Mark{now, 0, 0} : latest_;
    marks_[next_].at = now;
    next_ = (next_ + 1) % marks_.size();
    filled_ = std::min(filled_ + 1, marks_.size());
  }
  latest_ = {now, expected, received};
}

std::optional<double> LossWindow::loss(std::uint64_t now) const {
  for (std::size_t i = filled_; i > 0; --i) {
    const auto& mark = marks_[(next_ + marks_.size() - i) % marks_.size()];
    if (mark.at + minute < now) continue;
    const auto expected = latest_.expected - mark.expected;
    const auto received = latest_.received - mark.received;
    if (expected < fewest) return std::nullopt;
    return received >= expected ? 0.0 : static_cast<double>(expected - received) / static_cast<double>(expected);
  }
  return std::nullopt;
}

void AnswerTimes::note(std::uint64_t took) {
  const double milliseconds = static_cast<double>(took) / 1e6;
  if (count_++ == 0) {
    smoothed_ = least_ = milliseconds;
    deviation_ = 0;
    return;
  }
  deviation_ = 0.75 * deviation_ + 0.25 * std::abs(smoothed_ - milliseconds);
  smoothed_ = 0.875 * smoothed_ + 0.125 * milliseconds;
  least_ = std::min(least_, milliseconds);
}

void AnswerTimes::tell(model::Quality& quality, std::string_view method) const {
  if (count_ == 0) return;
  quality.rtt_milliseconds = smoothed_;
  quality.rtt_min_milliseconds = least_;
  if (count_ > 1) quality.jitter_milliseconds = deviation_;
  quality.rtt_method = std::string(method);
}

void PathMemory::note(std::uint64_t now, const FlowPath& path) {
  numbers_of_ = path.numbers_of;
  trusted_ = path.trust >= trusted_numbers;
  if (numbers_of_ != numbers_unknown) losses_.note(now, path.expected, path.received);
  if (path.handshakes != handshakes_) {
    handshakes_ = path.handshakes;
    handshakes_of_ = path.handshakes_of;
    answers_.note(path.handshake_took);
  }
}

std::optional<model::Quality> PathMemory::quality(std::uint64_t now, base::Time at) const {
  model::Quality quality;
  quality.at = at;
  answers_.tell(quality, handshakes_of_ == numbers_wireguard ? "wireguard_handshake" : "openvpn_handshake");
  if (trusted_) quality.rx_loss = losses_.loss(now);
  if (quality.rx_loss)
    quality.loss_method = numbers_of_ == numbers_wireguard ? "wireguard_counter" : "openvpn_packet_id";
  if (!quality.rx_loss && !quality.rtt_milliseconds) return std::nullopt;
  return quality;
}

bool has_quality(const FlowPath& path) {
  return path.numbers_of != numbers_unknown || path.handshakes != 0;
}

}  // namespace davylamp::ebpf
