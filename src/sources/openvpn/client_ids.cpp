#include "sources/openvpn/client_ids.hpp"

#include <algorithm>

namespace davylamp::openvpn {

std::optional<ClientIds::Repeated> ClientIds::find_repeated() const {
  if (seen_.size() < 2) return std::nullopt;
  const auto [lowest, highest] = std::ranges::minmax(seen_, {}, &Repeated::client_id);
  const std::uint64_t span = highest.client_id - lowest.client_id;
  // Ids count up from the start of the server, so a bitmap over their range is usually small.
  if (span / 64 <= seen_.size() * 4) return find_among_dense(lowest.client_id, span);
  return find_among_sparse();
}

std::optional<ClientIds::Repeated> ClientIds::find_among_dense(std::uint64_t lowest, std::uint64_t span) const {
  std::vector<std::uint64_t> bits(span / 64 + 1);
  for (const Repeated& entry : seen_) {
    const std::uint64_t offset = entry.client_id - lowest;
    const std::uint64_t bit = std::uint64_t{1} << (offset % 64);
    if ((bits[offset / 64] & bit) != 0) return entry;
    bits[offset / 64] |= bit;
  }
  return std::nullopt;
}

std::optional<ClientIds::Repeated> ClientIds::find_among_sparse() const {
  std::vector<Repeated> sorted = seen_;
  std::ranges::sort(sorted, [](const Repeated& a, const Repeated& b) {
    return a.client_id != b.client_id ? a.client_id < b.client_id : a.line < b.line;
  });
  const auto pair = std::ranges::adjacent_find(sorted, {}, &Repeated::client_id);
  if (pair == sorted.end()) return std::nullopt;
  return *(pair + 1);
}

}  // namespace davylamp::openvpn
