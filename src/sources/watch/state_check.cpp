#include "sources/watch/state_check.hpp"

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstring>
#include <string_view>

namespace davylamp::watch {
namespace {

constexpr std::array<char, 8> magic{'d', 'a', 'v', 'y', 'w', 't', 'c', 'h'};
constexpr std::uint32_t version = 1;
// More than any configuration allows.
constexpr std::uint32_t most_slots = 64U << 20U;

// FNV-1a.
std::uint32_t check_of(const StateHeader& header) {
  std::array<char, offsetof(StateHeader, check)> bytes{};
  std::memcpy(bytes.data(), &header, bytes.size());
  std::uint32_t hash = 2'166'136'261U;
  for (const char byte : bytes) hash = (hash ^ static_cast<std::uint8_t>(byte)) * 16'777'619U;
  return hash;
}

template <std::size_t size>
bool ends(const std::array<char, size>& text) {
  return std::string_view(text.data(), size).find('\0') != std::string_view::npos;
}

}  // namespace

StateHeader fresh_header(std::uint32_t most_peers, std::uint32_t most_flows) {
  StateHeader header{};
  header.magic = magic;
  header.version = version;
  header.peer_slot_bytes = sizeof(PeerSlot);
  header.flow_slot_bytes = sizeof(FlowSlot);
  header.most_peers = most_peers;
  header.most_flows = most_flows;
  header.next_key = 1;
  header.check = check_of(header);
  return header;
}

std::size_t state_bytes(std::uint32_t most_peers, std::uint32_t most_flows) {
  return header_bytes + (std::size_t{most_peers} * sizeof(PeerSlot)) + (std::size_t{most_flows} * sizeof(FlowSlot));
}

std::optional<std::string> fault_of(const StateHeader& header, std::size_t bytes) {
  if (header.magic != magic) return "it is not a state file";
  if (header.check != check_of(header)) return "its header is damaged";
  if (header.version != version) return "it was written by another version";
  if (header.peer_slot_bytes != sizeof(PeerSlot) || header.flow_slot_bytes != sizeof(FlowSlot))
    return "it was written by another version";
  if (header.most_peers > most_slots || header.most_flows > most_slots) return "its header is damaged";
  if (bytes != state_bytes(header.most_peers, header.most_flows)) return "it is shorter or longer than it should be";
  if (!ends(header.boot_id) || !ends(header.epoch) || !ends(header.counting) || header.next_key == 0)
    return "its header is damaged";
  return std::nullopt;
}

std::optional<std::string> fault_of(const StateHeader& header, std::span<const PeerSlot> peers,
                                    std::span<const FlowSlot> flows) {
  boost::unordered_flat_set<std::uint64_t> keys;
  for (const auto& peer : peers) {
    if (peer.key == 0) continue;
    if (peer.key >= header.next_key || peer.is_v4 > 1 || peer.open > 1 || peer.protocols > 3 || peer.many_flows > 1)
      return "a peer in it cannot be";
    if (!keys.insert(peer.key).second) return "a peer is in it twice";
  }
  boost::unordered_flat_set<std::uint64_t> identities;
  for (const auto& flow : flows) {
    if (flow.mark == FlowMark::free) continue;
    if (flow.mark > FlowMark::ended) return "a flow in it cannot be";
    if (!identities.insert(flow.identity).second) return "a flow is in it twice";
  }
  return std::nullopt;
}

}  // namespace davylamp::watch
