#include "sources/watch/quality_blend.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace davylamp::watch {
namespace {

constexpr base::Seconds better_holds{60};

int rank_of(const std::optional<std::string>& method) {
  if (!method) return 0;
  if (*method == "tcp_info") return 3;
  if (*method == "inner_syn_ack") return 2;
  return 1;
}

bool differs(const std::optional<double>& before, const std::optional<double>& now, double least) {
  if (before.has_value() != now.has_value()) return true;
  return now && std::abs(*now - *before) > std::max(least, *before / 10);
}

}  // namespace

void QualityBlend::Mean::add(const std::optional<double>& value, double by) {
  if (!value) return;
  sum += *value * by;
  weight += by;
}

std::optional<double> QualityBlend::Mean::value() const {
  if (weight == 0) return std::nullopt;
  return sum / weight;
}

void QualityBlend::add(const model::Quality& quality, std::uint64_t bytes_moved) {
  const auto weight = static_cast<double>(bytes_moved) + 1;
  window_.any = true;
  window_.at = std::max(window_.at, quality.at);
  if (const int rank = rank_of(quality.rtt_method); quality.rtt_milliseconds && rank >= window_.rtt_rank) {
    if (rank > window_.rtt_rank) window_.rtt = window_.rtt_min = window_.jitter = {};
    window_.rtt_rank = rank;
    window_.rtt_method = quality.rtt_method;
    window_.rtt.add(quality.rtt_milliseconds, weight);
    window_.rtt_min.add(quality.rtt_min_milliseconds, weight);
    window_.jitter.add(quality.jitter_milliseconds, weight);
  }
  if (const int rank = rank_of(quality.loss_method);
      (quality.rx_loss || quality.tx_loss) && rank >= window_.loss_rank) {
    if (rank > window_.loss_rank) window_.rx_loss = window_.tx_loss = {};
    window_.loss_rank = rank;
    window_.loss_method = quality.loss_method;
    window_.rx_loss.add(quality.rx_loss, weight);
    window_.tx_loss.add(quality.tx_loss, weight);
  }
  if (quality.delivery_bps) window_.delivery_bps = std::max(window_.delivery_bps.value_or(0), *quality.delivery_bps);
}

std::optional<model::Quality> QualityBlend::take(base::Time now) {
  const auto window = std::exchange(window_, {});
  if (!window.any) return std::nullopt;
  if (window.rtt_rank != 0 && (window.rtt_rank >= rtt_rank_ || now - rtt_at_ > better_holds)) {
    rtt_rank_ = window.rtt_rank;
    rtt_at_ = now;
    known_.rtt_milliseconds = window.rtt.value();
    known_.rtt_min_milliseconds = window.rtt_min.value();
    known_.jitter_milliseconds = window.jitter.value();
    known_.rtt_method = window.rtt_method;
  }
  if (window.loss_method) {
    known_.rx_loss = window.rx_loss.value();
    known_.tx_loss = window.tx_loss.value();
    known_.loss_method = window.loss_method;
  }
  if (window.delivery_bps) known_.delivery_bps = window.delivery_bps;
  known_.at = window.at == base::Time{} ? now : window.at;
  return known_;
}

bool worth_telling(const model::Quality& before, const model::Quality& now) {
  return before.rtt_method != now.rtt_method || before.loss_method != now.loss_method ||
         differs(before.rtt_milliseconds, now.rtt_milliseconds, 1) ||
         differs(before.jitter_milliseconds, now.jitter_milliseconds, 2) ||
         differs(before.rx_loss, now.rx_loss, 0.002) || differs(before.tx_loss, now.tx_loss, 0.002) ||
         now.at - before.at >= better_holds;
}

}  // namespace davylamp::watch
