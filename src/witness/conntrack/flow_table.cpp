#include "witness/conntrack/flow_table.hpp"

#include <netinet/in.h>

#include <algorithm>

namespace davylamp::conntrack {
namespace {

// So many numbers are remembered where the kernel notes no start times.
constexpr std::size_t most_generations = 262'144;

// The finalizer of SplitMix64: every bit of the input changes every bit of the result.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

std::uint64_t number_of(const Entry& entry) {
  return std::uint64_t{entry.zone} << 32U | entry.id;
}

// The kernel's number and when it was given.
std::uint64_t span_of(const Entry& entry) {
  return mix(number_of(entry)) ^ entry.start_nanoseconds;
}

base::Time time_of(std::uint64_t nanoseconds) {
  return base::Time{base::Milliseconds{static_cast<std::int64_t>(nanoseconds / 1'000'000)}};
}

std::optional<model::FlowCounters> counters_of(const Entry& entry, bool peer_began) {
  if (!entry.has_counters()) return std::nullopt;
  const auto& rx = peer_began ? entry.original_counted : entry.reply_counted;
  const auto& tx = peer_began ? entry.reply_counted : entry.original_counted;
  return model::FlowCounters{rx.bytes, tx.bytes, rx.packets, tx.packets};
}

std::uint32_t full_timeout(const Entry& entry, const KernelSettings& settings) {
  if (entry.original.protocol == IPPROTO_UDP) {
    return (entry.status & status::assured) != 0 ? settings.udp_stream_timeout_seconds : settings.udp_timeout_seconds;
  }
  if (entry.protocol_state >= settings.tcp_timeout_seconds.size()) return entry.timeout_seconds;
  const auto full = settings.tcp_timeout_seconds[entry.protocol_state];
  // While the last word waits for its acknowledgement the kernel gives less.
  const auto unacknowledged = settings.tcp_unacknowledged_seconds;
  return entry.timeout_seconds <= unacknowledged ? std::min(full, unacknowledged) : full;
}

}  // namespace

base::Time last_packet_at(const Entry& entry, const KernelSettings& settings, base::Time now) {
  if (!entry.has(Attribute::timeout) || (entry.status & status::fixed_timeout) != 0) return now;
  const auto full = full_timeout(entry, settings);
  return entry.timeout_seconds >= full ? now : now - base::Seconds(full - entry.timeout_seconds);
}

std::uint32_t FlowTable::generation_of(std::uint64_t key) const {
  const auto found = generations_.find(key);
  return found == generations_.end() ? 0 : found->second;
}

std::uint64_t FlowTable::identity_of(const Entry& entry) const {
  const auto number = number_of(entry);
  if (entry.start_nanoseconds != 0) return mix(span_of(entry));
  return mix(mix(number) ^ generation_of(number));
}

void FlowTable::begin_listing(base::Time now) {
  is_listing_ = true;
  ++listing_;
  uncounted_ = 0;
  ended_since_.clear();
  sink_.begin_listing(now);
}

void FlowTable::end_listing(base::Time now) {
  is_listing_ = false;
  std::erase_if(flows_, [this](const auto& known) { return known.second.listing != listing_; });
  ended_since_.clear();
  sink_.end_listing(now);
}

void FlowTable::drop_listing() {
  is_listing_ = false;
  ended_since_.clear();
}

FlowTable::Flow& FlowTable::flow_of(const Entry& entry, const ServiceSide& side, base::Time now) {
  const auto identity = identity_of(entry);
  const auto [place, fresh] = flows_.try_emplace(identity);
  auto& flow = place->second;
  flow.listing = listing_;
  if (!fresh) return flow;
  const auto began_at = entry.start_nanoseconds != 0 ? time_of(entry.start_nanoseconds) : now;
  flow.seen = {.identity = identity,
               .protocol = side.protocol,
               .peer = side.peer,
               .service_port = side.service_port,
               .began_at = std::min(began_at, now),
               .last_seen_at = std::min(began_at, now)};
  return flow;
}

void FlowTable::list(const Entry& entry, const ServiceSide& side, base::Time now) {
  // The kernel had prepared this part before it told the end.
  if (ended_since_.contains(span_of(entry)) && !flows_.contains(identity_of(entry))) return;
  auto& flow = flow_of(entry, side, now);
  const auto counters = counters_of(entry, side.peer_began);
  flow.seen.counters = counters;
  flow.seen.last_seen_at = std::max(flow.seen.last_seen_at, last_packet_at(entry, settings_, now));
  if (!counters) ++uncounted_;
  sink_.seen(now, flow.seen);
}

bool FlowTable::begin(const Entry& entry, const ServiceSide& side, base::Time now) {
  // Events tell no start: with start times only a listing knows which flow this is.
  if (settings_.timestamps.value_or(true)) return true;
  auto& flow = flow_of(entry, side, now);
  flow.seen.last_seen_at = now;
  sink_.seen(now, flow.seen);
  return true;
}

void FlowTable::end(const Entry& entry, const ServiceSide& side, base::Time now) {
  const auto identity = identity_of(entry);
  const auto counters = counters_of(entry, side.peer_began);
  auto known = flows_.find(identity);
  if (known == flows_.end()) {
    auto& flow = flow_of(entry, side, now);
    flow.seen.counters = counters;
    sink_.seen(now, flow.seen);
    known = flows_.find(identity);
  }
  auto& seen = known->second.seen;
  // Bytes that no listing saw passed after it; otherwise the entry only outlived its last packet.
  const bool moved = counters && counters != seen.counters;
  sink_.ended(now, {identity, counters ? counters : seen.counters, moved ? now : std::min(seen.last_seen_at, now)});
  flows_.erase(known);
  if (is_listing_) ended_since_.insert(span_of(entry));
  if (entry.start_nanoseconds != 0) return;
  if (generations_.size() >= most_generations) generations_.clear();
  ++generations_[number_of(entry)];
}

bool FlowTable::take(const Message& message, base::Time now) {
  const auto side = ports_.side_of(message.entry);
  if (!side) return false;
  switch (message.kind) {
    case MessageKind::listed:
      list(message.entry, *side, now);
      return false;
    case MessageKind::begun:
      return begin(message.entry, *side, now);
    case MessageKind::ended:
      end(message.entry, *side, now);
      return false;
    default:
      return false;
  }
}

}  // namespace davylamp::conntrack
