#include "probe/host_network.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace davylamp::probe {
namespace {

constexpr std::array<std::string_view, 9> tunnel_kinds{"tun",       "wireguard", "ppp", "ovpn", "ovpn-dco",
                                                       "amneziawg", "xfrm",      "vti", "ipip"};
constexpr std::array<std::string_view, 6> tunnel_names{"tun", "tap", "wg", "ppp", "awg", "utun"};

bool is_tunnel(const HostLink& link) {
  if (std::ranges::find(tunnel_kinds, link.kind) != tunnel_kinds.end()) return true;
  return link.kind.empty() &&
         std::ranges::any_of(tunnel_names, [&](std::string_view name) { return link.name.starts_with(name); });
}

std::optional<std::string> name_of(const HostNetwork& network, std::optional<int> index) {
  const auto found = index ? std::ranges::find(network.links, *index, &HostLink::index) : network.links.end();
  if (found == network.links.end()) return std::nullopt;
  return found->name;
}

}  // namespace

const HostLink* choose_tunnel(const HostNetwork& network, const std::optional<std::string>& wanted) {
  const HostLink* best = nullptr;
  int best_rank = -1;
  for (const auto& link : network.links) {
    if (wanted ? link.name != *wanted : !is_tunnel(link)) continue;
    const bool leads_out = network.way_v4 == link.index || network.way_v6 == link.index;
    const int rank = (leads_out ? 2 : 0) + (link.up ? 1 : 0);
    if (rank <= best_rank) continue;
    best = &link;
    best_rank = rank;
  }
  return best;
}

model::LinkReport report_link(const HostNetwork& network, const std::optional<std::string>& wanted) {
  model::LinkReport report;
  report.tunnel = wanted;
  report.default_v4 = name_of(network, network.way_v4);
  report.default_v6 = name_of(network, network.way_v6);
  const auto* const tunnel = choose_tunnel(network, wanted);
  if (tunnel == nullptr) return report;
  report.tunnel = tunnel->name;
  report.tunnel_up = tunnel->up;
  report.rx_bytes = tunnel->sent_bytes;
  report.tx_bytes = tunnel->received_bytes;
  return report;
}

}  // namespace davylamp::probe
