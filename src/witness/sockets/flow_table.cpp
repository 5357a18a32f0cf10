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

std::optional<double> part_sent_again(const TcpFigures& now, const SentMark& since) {
  if (now.has_sent) {
    if (now.bytes_sent <= since.bytes_sent || now.bytes_retransmitted < since.bytes_again) return std::nullopt;
    return std::min(1.0, static_cast<double>(now.bytes_retransmitted - since.bytes_again) /
                             static_cast<double>(now.bytes_sent - since.bytes_sent));
  }
  const std::uint32_t sent = now.segments_out - since.segments_sent;
  if (sent == 0) return std::nullopt;
  const std::uint32_t again = now.segments_retransmitted - since.segments_again;
  return std::min(1.0, static_cast<double>(again) / static_cast<double>(sent));
}

// Assigned only when it changes: this runs for every connection of every listing.
void set_method(std::optional<std::string>& method, bool known) {
  if (method.has_value() == known) return;
  method = known ? std::optional<std::string>("tcp_info") : std::nullopt;
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

SentMark mark_of(const TcpFigures& figures) {
  return {figures.bytes_sent, figures.bytes_retransmitted, figures.segments_out, figures.segments_retransmitted};
}

void judge_path(const TcpFigures& figures, const SentMark& since, model::Quality& quality) {
  if (figures.rtt_microseconds > 0) {
    quality.rtt_milliseconds = milliseconds(figures.rtt_microseconds);
    quality.jitter_milliseconds = milliseconds(figures.rtt_variance_microseconds);
    if (figures.rtt_min_microseconds > 0) quality.rtt_min_milliseconds = milliseconds(figures.rtt_min_microseconds);
  }
  set_method(quality.rtt_method, quality.rtt_milliseconds.has_value());
  quality.tx_loss = part_sent_again(figures, since);
  set_method(quality.loss_method, quality.tx_loss.has_value());
  if (figures.delivery_bytes_per_second > 0) quality.delivery_bps = figures.delivery_bytes_per_second * 8;
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
  listed_ = 0;
  expected_ = 0;
  ended_before_ = std::exchange(ended_, {});
  sink_->begin_listing(now);
}

FlowTable::Flow& FlowTable::flow_of(std::uint64_t cookie) {
  if (expected_ < flows_.size() && flows_[expected_].seen.identity == cookie) return flows_[expected_++];
  const auto [known, fresh] = places_.try_emplace(cookie, flows_.size());
  if (fresh) flows_.emplace_back();
  expected_ = known->second + 1;
  return flows_[known->second];
}

void FlowTable::erase(std::size_t place) {
  if (flows_[place].listing == listing_) --listed_;
  places_.erase(flows_[place].seen.identity);
  if (place + 1 < flows_.size()) {
    flows_[place] = std::move(flows_.back());
    places_[flows_[place].seen.identity] = place;
  }
  flows_.pop_back();
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
  if (!seen.quality) seen.quality.emplace();
  seen.quality->at = now;
  judge_path(*socket.tcp, flow.older, *seen.quality);
  if (flow.marked_at == base::Time{} || now - flow.marked_at >= loss_half_window) {
    if (flow.marked_at != base::Time{}) flow.older = flow.newer;
    flow.newer = mark_of(*socket.tcp);
    flow.marked_at = now;
  }
  return seen;
}

void FlowTable::listed(base::Time now, const DiagSocket& socket) {
  if (socket.cookie == 0 || has_ended(socket.cookie)) return;
  auto& flow = flow_of(socket.cookie);
  if (flow.listing != listing_) ++listed_;
  flow.listing = listing_;
  sink_->seen(now, note(flow, now, socket));
}

void FlowTable::end(base::Time now) {
  for (std::size_t place = flows_.size(); listed_ < flows_.size() && place-- > 0;) {
    if (flows_[place].listing + 1 < listing_) {
      erase(place);
    } else if (flows_[place].listing != listing_) {
      sink_->seen(now, flows_[place].seen);
    }
  }
  sink_->end_listing(now);
}

void FlowTable::destroyed(base::Time now, const DiagSocket& socket) {
  if (socket.cookie == 0 || has_ended(socket.cookie)) return;
  if (ended_.size() >= most_ended) ended_before_ = std::exchange(ended_, {});
  ended_.insert(socket.cookie);
  const auto known = places_.find(socket.cookie);
  const bool told = known != places_.end();
  Flow fresh;
  const auto& seen = note(told ? flows_[known->second] : fresh, now, socket);
  if (!told) sink_->seen(now, seen);
  sink_->ended(now, {seen.identity, seen.counters, now});
  if (told) erase(known->second);
}

void FlowTable::forget_other_ports(const contract::WatchedPorts& ports) {
  for (std::size_t place = flows_.size(); place-- > 0;) {
    if (!is_watched(ports, flows_[place].seen)) erase(place);
  }
}

}  // namespace davylamp::sockets
