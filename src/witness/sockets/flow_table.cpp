#include "witness/sockets/flow_table.hpp"

#include <algorithm>

namespace davylamp::sockets {
namespace {

constexpr base::Seconds loss_half_window{30};
// Kernels tell nonsense in the first moments of a socket, or for what never happened.
constexpr std::uint32_t longest_silence_milliseconds = 7 * 86'400'000U;
constexpr std::size_t most_ended = 200'000;

double milliseconds(std::uint32_t microseconds) {
  return microseconds / 1000.0;
}

std::optional<double> part_sent_again(const TcpFigures& now, const TcpFigures& before) {
  if (now.has_sent && before.has_sent) {
    const auto sent = now.bytes_sent - before.bytes_sent;
    if (now.bytes_sent <= before.bytes_sent) return std::nullopt;
    return std::min(
        1.0, static_cast<double>(now.bytes_retransmitted - before.bytes_retransmitted) / static_cast<double>(sent));
  }
  const std::uint32_t sent = now.segments_out - before.segments_out;
  if (sent == 0) return std::nullopt;
  const std::uint32_t again = now.segments_retransmitted - before.segments_retransmitted;
  return std::min(1.0, static_cast<double>(again) / static_cast<double>(sent));
}

base::Milliseconds silence(std::uint32_t milliseconds) {
  return base::Milliseconds{milliseconds <= longest_silence_milliseconds ? milliseconds : 0};
}

base::Time last_packet(const TcpFigures& tcp, base::Time now) {
  return now - silence(std::min({tcp.last_data_sent_milliseconds, tcp.last_data_received_milliseconds,
                                 tcp.last_ack_received_milliseconds}));
}

// These clocks start with the connection, so the longest silence is no longer than its life.
base::Time first_packet(const TcpFigures& tcp, base::Time now) {
  return now - std::max({silence(tcp.last_data_sent_milliseconds), silence(tcp.last_data_received_milliseconds),
                         silence(tcp.last_ack_received_milliseconds)});
}

bool is_watched(const contract::WatchedPorts& ports, const model::FlowSeen& flow) {
  const auto& wanted = flow.protocol == model::Protocol::tcp ? ports.tcp : ports.udp;
  return std::ranges::find(wanted, flow.service_port) != wanted.end();
}

}  // namespace

model::Quality quality_of(const TcpFigures& figures, const std::optional<TcpFigures>& since, base::Time now) {
  model::Quality quality;
  quality.at = now;
  if (figures.rtt_microseconds > 0) {
    quality.rtt_milliseconds = milliseconds(figures.rtt_microseconds);
    quality.jitter_milliseconds = milliseconds(figures.rtt_variance_microseconds);
    quality.rtt_method = "tcp_info";
    if (figures.rtt_min_microseconds > 0) quality.rtt_min_milliseconds = milliseconds(figures.rtt_min_microseconds);
  }
  TcpFigures nothing;
  nothing.has_sent = figures.has_sent;
  quality.tx_loss = part_sent_again(figures, since.value_or(nothing));
  if (quality.tx_loss) quality.loss_method = "tcp_info";
  if (figures.delivery_bytes_per_second > 0) quality.delivery_bps = figures.delivery_bytes_per_second * 8;
  return quality;
}

std::optional<model::FlowCounters> counters_of(const TcpFigures& figures) {
  if (!figures.has_bytes) return std::nullopt;
  // The kernel counts an acknowledged FIN as a byte; what it sent for the first time does not hold it.
  auto tx = figures.bytes_acked;
  if (figures.has_sent && figures.bytes_sent >= figures.bytes_retransmitted)
    tx = std::min(tx, figures.bytes_sent - figures.bytes_retransmitted);
  return model::FlowCounters{figures.bytes_received, tx, figures.segments_in, figures.segments_out};
}

void FlowTable::begin(base::Time now) {
  ++listing_;
  ended_before_ = std::exchange(ended_, {});
  sink_->begin_listing(now);
}

model::FlowSeen& FlowTable::note(Flow& flow, base::Time now, const DiagSocket& socket) {
  auto& seen = flow.seen;
  if (seen.identity == 0) {
    seen.identity = socket.cookie;
    seen.protocol = socket.tcp ? model::Protocol::tcp : model::Protocol::udp;
    seen.peer = socket.peer;
    seen.service_port = socket.local.port.value_or(0);
    seen.began_at = socket.tcp ? first_packet(*socket.tcp, now) : now;
  }
  if (!socket.tcp) {
    seen.last_seen_at = now;
    return seen;
  }
  if (const auto counters = counters_of(*socket.tcp)) {
    // A report from before the last one, read later, takes nothing back.
    const bool older =
        seen.counters && (counters->rx_bytes < seen.counters->rx_bytes || counters->tx_bytes < seen.counters->tx_bytes);
    if (older) return seen;
    seen.counters = counters;
  }
  seen.last_seen_at = std::max(seen.last_seen_at, last_packet(*socket.tcp, now));
  seen.quality = quality_of(*socket.tcp, flow.older, now);
  if (!flow.newer) {
    flow.newer = *socket.tcp;
    flow.marked_at = now;
  } else if (now - flow.marked_at >= loss_half_window) {
    flow.older = std::exchange(flow.newer, *socket.tcp);
    flow.marked_at = now;
  }
  return seen;
}

void FlowTable::listed(base::Time now, const DiagSocket& socket) {
  if (socket.cookie == 0 || ended_.contains(socket.cookie) || ended_before_.contains(socket.cookie)) return;
  auto& flow = flows_[socket.cookie];
  flow.listing = listing_;
  sink_->seen(now, note(flow, now, socket));
}

void FlowTable::end(base::Time now) {
  boost::unordered::erase_if(flows_, [&](const auto& entry) { return entry.second.listing + 1 < listing_; });
  for (const auto& [cookie, flow] : flows_) {
    if (flow.listing != listing_) sink_->seen(now, flow.seen);
  }
  sink_->end_listing(now);
}

void FlowTable::destroyed(base::Time now, const DiagSocket& socket) {
  if (socket.cookie == 0 || ended_.contains(socket.cookie) || ended_before_.contains(socket.cookie)) return;
  if (ended_.size() >= most_ended) ended_before_ = std::exchange(ended_, {});
  ended_.insert(socket.cookie);
  const auto known = flows_.find(socket.cookie);
  Flow fresh;
  Flow& flow = known == flows_.end() ? fresh : known->second;
  const bool told = known != flows_.end();
  const auto& seen = note(flow, now, socket);
  if (!told) sink_->seen(now, seen);
  sink_->ended(now, {seen.identity, seen.counters, now});
  if (told) flows_.erase(known);
}

void FlowTable::forget_other_ports(const contract::WatchedPorts& ports) {
  boost::unordered::erase_if(flows_, [&](const auto& entry) { return !is_watched(ports, entry.second.seen); });
}

}  // namespace davylamp::sockets
