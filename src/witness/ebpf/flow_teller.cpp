#include "witness/ebpf/flow_teller.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <set>

namespace davylamp::ebpf {
namespace {

constexpr std::size_t most_inner_paths = 65'536;
constexpr std::uint64_t inner_kept = 600'000'000'000;  // nanoseconds

model::Address address_of(const std::uint8_t (&bytes)[16], std::uint8_t version) {
  if (version == 4) return model::Address::from_v4({bytes[0], bytes[1], bytes[2], bytes[3]});
  std::array<std::uint8_t, 16> all{};
  std::copy_n(bytes, 16, all.begin());
  return model::Address::from_v6(all);
}

model::FlowCounters counters_of(const FlowCounts& count) {
  return {count.rx_bytes, count.tx_bytes, count.rx_packets, count.tx_packets};
}

}  // namespace

FlowTeller::FlowTeller(KernelProgram& program, const FlowAges& ages, std::uint64_t nonce)
    : program_(program), scan_(program.counts(), program.paths(), program, ages), nonce_(nonce) {}

std::uint64_t FlowTeller::identity_of(std::uint32_t slot) const {
  return nonce_ ^ (std::uint64_t{program_.counts()[slot].generation} << 32U | slot);
}

base::Time FlowTeller::time_of(std::uint64_t monotonic) const {
  if (monotonic >= now_.monotonic) return now_.time;
  return now_.time - base::Milliseconds((now_.monotonic - monotonic) / 1'000'000);
}

void FlowTeller::look(const Moment& now) {
  now_ = now;
  found_ = &scan_.look(now.monotonic);
  next_moved_ = 0;
  next_over_ = 0;
}

void FlowTeller::tell(contract::FlowSink& sink, std::uint32_t slot) {
  const FlowCounts count = program_.counts()[slot];
  const FlowPath& path = program_.paths()[slot];
  model::FlowSeen flow;
  flow.identity = identity_of(slot);
  flow.protocol = path.key.protocol == IPPROTO_TCP ? model::Protocol::tcp : model::Protocol::udp;
  flow.peer = {address_of(path.key.address, path.key.version), path.key.peer_port};
  flow.service_port = path.key.service_port;
  flow.counters = counters_of(count);
  flow.began_at = time_of(path.began);
  flow.last_seen_at = std::max(flow.began_at, time_of(std::max(count.rx_seen, count.tx_seen)));
  if (has_quality(path)) {
    auto& memory = memories_[slot];
    memory.note(now_.monotonic, path);
    flow.quality = memory.quality(now_.monotonic, now_.time);
  }
  sink.seen(now_.time, flow);
}

void FlowTeller::end(contract::FlowSink& sink, std::uint32_t slot) {
  const FlowCounts count = program_.counts()[slot];
  const auto seen = std::max(count.rx_seen, count.tx_seen);
  sink.ended(now_.time, {identity_of(slot), counters_of(count), time_of(seen)});
  memories_.erase(slot);
  scan_.release(slot);
}

bool FlowTeller::tell_some(contract::FlowSink& sink, std::size_t most) {
  if (found_ == nullptr) return false;
  for (; most > 0 && next_moved_ < found_->moved.size(); --most) tell(sink, found_->moved[next_moved_++]);
  for (; most > 0 && next_over_ < found_->over.size(); --most) end(sink, found_->over[next_over_++]);
  return next_moved_ < found_->moved.size() || next_over_ < found_->over.size();
}

void FlowTeller::begin_listing(contract::FlowSink& sink, const Moment& now) {
  now_ = now;
  next_listed_ = 0;
  sink.begin_listing(now.time);
}

bool FlowTeller::list_some(contract::FlowSink& sink, std::size_t most) {
  const auto counts = program_.counts();
  for (; most > 0 && next_listed_ < scan_.used(); --most, ++next_listed_) {
    const auto& count = counts[next_listed_];
    if (count.live == 0 || scan_.is_leaving(next_listed_) || count.rx_packets + count.tx_packets == 0) continue;
    tell(sink, next_listed_);
  }
  if (next_listed_ < scan_.used()) return true;
  sink.end_listing(now_.time);
  return false;
}

void FlowTeller::judge(contract::FlowSink& sink, const Moment& now) {
  std::set<model::Address> moved;
  program_.take_handshakes([&](const InnerHandshake& handshake) {
    const auto address = address_of(handshake.address, handshake.version);
    if (inner_.size() >= most_inner_paths && !inner_.contains(address)) {
      ++inner_dropped_;
      return;
    }
    auto& path = inner_[address];
    path.answers.note(handshake.took);
    path.at = now.monotonic;
    moved.insert(address);
  });
  for (const auto& address : moved) {
    model::Quality quality;
    quality.at = now.time;
    inner_[address].answers.tell(quality, "inner_syn_ack");
    sink.judged(now.time, address, quality);
  }
  forget_old_paths(now.monotonic);
}

void FlowTeller::forget_old_paths(std::uint64_t now) {
  if (now < forgotten_at_ + inner_kept / 10) return;
  forgotten_at_ = now;
  std::erase_if(inner_, [&](const auto& entry) { return entry.second.at + inner_kept < now; });
}

void FlowTeller::keep_only(const contract::WatchedPorts& ports, const Moment& now) {
  for (std::uint32_t slot = 0; slot < scan_.used(); ++slot) {
    const auto& key = program_.paths()[slot].key;
    if (program_.counts()[slot].live == 0 || scan_.is_leaving(slot)) continue;
    const auto& kept = key.protocol == IPPROTO_TCP ? ports.tcp : ports.udp;
    if (std::ranges::find(kept, key.service_port) == kept.end()) scan_.leave(slot, now.monotonic);
  }
}

}  // namespace davylamp::ebpf
