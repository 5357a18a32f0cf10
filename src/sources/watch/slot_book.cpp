#include "sources/watch/slot_book.hpp"

#include <algorithm>
#include <atomic>

namespace davylamp::watch {
namespace {

// A kill shows memory as the program's own stores left it, in their order, once the compiler keeps that order.
template <class T>
void store(T& place, T value) {
  std::atomic_ref<T>(place).store(value, std::memory_order_release);
}

template <class Slots, class Free>
std::uint32_t find_free(const Slots& slots, std::vector<std::uint32_t>& given_back, Free free) {
  std::uint32_t end = 0;
  for (std::uint32_t i = 0; i < slots.size(); ++i) {
    if (!free(slots[i])) end = i + 1;
  }
  for (std::uint32_t i = end; i-- > 0;) {
    if (free(slots[i])) given_back.push_back(i);
  }
  return end;
}

std::uint32_t take(std::vector<std::uint32_t>& given_back, std::uint32_t& next, std::size_t slots) {
  if (!given_back.empty()) {
    const auto index = given_back.back();
    given_back.pop_back();
    return index;
  }
  return next < slots ? next++ : no_slot;
}

}  // namespace

SlotBook::SlotBook(StateFile state) : state_(std::move(state)), peers_(state_.peers()), flows_(state_.flows()) {
  next_peer_ = find_free(peers_, free_peers_, [](const PeerSlot& slot) { return slot.key == 0; });
  next_flow_ = find_free(flows_, free_flows_, [](const FlowSlot& slot) { return slot.mark == FlowMark::free; });
}

std::uint32_t SlotBook::add_peer(const model::Endpoint& where, base::Time connected_at) {
  const auto index = take(free_peers_, next_peer_, peers_.size());
  if (index == no_slot) return no_slot;
  auto& slot = peers_[index];
  slot = {};
  slot.connected_at = connected_at.time_since_epoch().count();
  slot.address = where.address.bytes();
  slot.is_v4 = where.address.is_v4() ? 1 : 0;
  slot.port = where.port.value_or(0);
  auto& next = state_.header().next_key;
  const auto key = next;
  store(next, key + 1);
  store(slot.key, key);
  return index;
}

void SlotBook::drop_peer(std::uint32_t peer) {
  store(peers_[peer].key, std::uint64_t{0});
  peers_[peer] = {};
  free_peers_.push_back(peer);
}

std::uint32_t SlotBook::add_flow(std::uint64_t identity, const model::Counters& counted) {
  const auto index = take(free_flows_, next_flow_, flows_.size());
  if (index == no_slot) return no_slot;
  auto& slot = flows_[index];
  slot.identity = identity;
  slot.rx_bytes = counted.rx_bytes;
  slot.tx_bytes = counted.tx_bytes;
  store(slot.mark, FlowMark::going_on);
  return index;
}

void SlotBook::drop_flow(std::uint32_t flow) {
  store(flows_[flow].mark, FlowMark::free);
  flows_[flow] = {};
  free_flows_.push_back(flow);
}

void SlotBook::count(std::uint32_t flow, std::uint32_t peer, const model::Counters& now) {
  auto& counted = flows_[flow];
  auto& total = peers_[peer];
  const auto move = [](std::uint64_t& from, std::uint64_t& to, std::uint64_t value) {
    if (value <= from) return;
    const auto moved = value - from;
    store(from, value);
    store(to, to + moved);
  };
  move(counted.rx_bytes, total.rx_bytes, now.rx_bytes);
  move(counted.tx_bytes, total.tx_bytes, now.tx_bytes);
}

void SlotBook::count_by(std::string_view kind, base::Time from) {
  auto& header = state_.header();
  store(header.counting_from, from.time_since_epoch().count());
  // Nobody's, until the last flow of the one before is forgotten.
  store(header.counting[0], '\0');
  header.counting = {};
  for (std::uint32_t i = 0; i < next_flow_; ++i) {
    if (flows_[i].mark != FlowMark::free) drop_flow(i);
  }
  std::ranges::copy(kind.substr(1, header.counting.size() - 2), header.counting.begin() + 1);
  store(header.counting[0], kind.empty() ? '\0' : kind[0]);
}

std::string SlotBook::key_text(std::uint32_t peer) const {
  std::string text(state_.header().epoch.data());
  text += '/';
  char digits[13];
  auto* end = digits + sizeof digits;
  auto* begin = end;
  for (auto number = peers_[peer].key; begin == end || number != 0; number /= 36)
    *--begin = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
  text.append(begin, end);
  return text;
}

}  // namespace davylamp::watch
