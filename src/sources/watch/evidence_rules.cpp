#include "sources/watch/evidence_rules.hpp"

#include <algorithm>
#include <cmath>

namespace davylamp::watch {
namespace {

constexpr std::uint64_t ip_header_v4 = 20;
constexpr std::uint64_t ip_header_v6 = 40;
constexpr std::uint64_t udp_header = 8;
constexpr std::uint64_t tcp_options = 12;
constexpr std::uint64_t tcp_header = 20 + tcp_options;
constexpr double allowed_part = 0.02;
constexpr double allowed_bytes = 65'536;

std::uint64_t without(std::uint64_t bytes, std::uint64_t headers) {
  return bytes - std::min(bytes, headers);
}

struct Headers {
  std::uint64_t udp;
  std::uint64_t tcp;
};

Headers headers_of(bool v4) {
  const auto ip = v4 ? ip_header_v4 : ip_header_v6;
  return {ip + udp_header, ip + tcp_header};
}

model::Counters bytes_of(const Sighting& sighting, bool with_udp) {
  auto sum = sighting.tcp.bytes();
  if (with_udp) sum += sighting.udp.bytes();
  return sum;
}

// As `other` would have counted on the layer of `first`.
model::Counters brought(const Sighting& other, const Sighting& first, bool v4) {
  if (other.layer == first.layer) return bytes_of(other, true);
  if (first.layer == model::CountedLayer::payload) return payload_of(other, v4);
  const auto headers = headers_of(v4);
  auto sum = bytes_of(other, true);
  sum += {first.tcp.rx_packets * headers.tcp, first.tcp.tx_packets * headers.tcp};
  if (other.looks_at_udp) sum += {first.udp.rx_packets * headers.udp, first.udp.tx_packets * headers.udp};
  return sum;
}

struct Difference {
  bool agrees = true;
  double part = 0;
};

Difference difference(std::uint64_t one, std::uint64_t other, double allowance) {
  const auto greater = static_cast<double>(std::max(one, other));
  const auto apart = std::abs(static_cast<double>(one) - static_cast<double>(other));
  if (apart <= (allowed_part * greater) + allowance) return {};
  return {false, apart / greater};
}

double seconds_between(const Sighting& one, const Sighting& other) {
  const auto apart = one.told_at > other.told_at ? one.told_at - other.told_at : other.told_at - one.told_at;
  return std::chrono::duration<double>(std::min<base::Milliseconds>(apart, base::Seconds{10})).count();
}

}  // namespace

model::Counters payload_of(const Sighting& sighting, bool v4) {
  if (sighting.layer == model::CountedLayer::payload) return bytes_of(sighting, true);
  const auto headers = headers_of(v4);
  return {without(sighting.udp.rx_bytes, sighting.udp.rx_packets * headers.udp) +
              without(sighting.tcp.rx_bytes, sighting.tcp.rx_packets * headers.tcp),
          without(sighting.udp.tx_bytes, sighting.udp.tx_packets * headers.udp) +
              without(sighting.tcp.tx_bytes, sighting.tcp.tx_packets * headers.tcp)};
}

model::Evidence compare(std::span<const Sighting> sightings, std::uint32_t asked, const Comparison& comparison) {
  model::Evidence evidence;
  evidence.asked = asked;
  if (sightings.empty()) return evidence;
  const auto& first = sightings.front();
  const auto all = bytes_of(first, true);
  evidence.witnesses.push_back({first.kind, all.rx_bytes, all.tx_bytes, true});
  for (const auto& other : sightings.subspan(1)) {
    // It knows of them, but the kernel does not count for it (conntrack without accounting when they came).
    if (other.udp == model::FlowCounters{} && other.tcp == model::FlowCounters{}) continue;
    const auto bytes = brought(other, first, comparison.v4);
    const auto expected = bytes_of(first, other.looks_at_udp);
    const auto seconds = seconds_between(first, other);
    const auto& packets = first.layer == model::CountedLayer::ip ? first.tcp : other.tcp;
    const bool same_layer = first.layer == other.layer;
    const auto allowance = [&](std::uint64_t per_second, std::uint64_t slack, std::uint64_t tcp_packets) {
      const auto options = same_layer ? 0 : tcp_packets * tcp_options;
      return allowed_bytes + (static_cast<double>(per_second) * seconds) + static_cast<double>(slack + options);
    };
    const auto& rate = comparison.per_second;
    const auto& slack = comparison.slack;
    const auto rx =
        difference(expected.rx_bytes, bytes.rx_bytes, allowance(rate.rx_bytes, slack.rx_bytes, packets.rx_packets));
    const auto tx =
        difference(expected.tx_bytes, bytes.tx_bytes, allowance(rate.tx_bytes, slack.tx_bytes, packets.tx_packets));
    evidence.witnesses.push_back({other.kind, bytes.rx_bytes, bytes.tx_bytes, rx.agrees && tx.agrees});
    evidence.off = std::max({evidence.off, rx.part, tx.part});
  }
  return evidence;
}

bool worth_telling(const model::Evidence& before, const model::Evidence& now) {
  if (before.asked != now.asked || before.witnesses.size() != now.witnesses.size()) return true;
  if (std::abs(before.off - now.off) >= 0.01) return true;
  const auto moved = [](std::uint64_t old, std::uint64_t fresh) { return fresh > old + (old / 10) + 1'000; };
  for (std::size_t i = 0; i < now.witnesses.size(); ++i) {
    const auto& old = before.witnesses[i];
    const auto& fresh = now.witnesses[i];
    if (old.kind != fresh.kind || old.agrees != fresh.agrees) return true;
    if (fresh.rx_bytes < old.rx_bytes || fresh.tx_bytes < old.tx_bytes) return true;
    if (moved(old.rx_bytes, fresh.rx_bytes) || moved(old.tx_bytes, fresh.tx_bytes)) return true;
  }
  return false;
}

}  // namespace davylamp::watch
