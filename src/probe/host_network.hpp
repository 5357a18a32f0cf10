// The interfaces and ways of this host's network namespace.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/heartbeat.hpp"
#include "probe/route_messages.hpp"

namespace davylamp::probe {

struct HostNetwork {
  std::vector<HostLink> links;
  std::optional<int> way_v4;  // the index of the interface that leads to the internet
  std::optional<int> way_v6;
};

// Which interface is the tunnel: the one called `wanted`; without a wish, of those whose kind or name says tunnel
// (tun, tap, wg, ppp, ovpn ...) the one that leads to the internet, else one that is up, else the first. Null: none.
const HostLink* choose_tunnel(const HostNetwork& network, const std::optional<std::string>& wanted);

// Rates are left 0. rx and tx are seen from the VPN server, as everywhere: rx_bytes is what this host sent into the
// tunnel. A tunnel that was wanted and is absent has its name, and is not up.
model::LinkReport report_link(const HostNetwork& network, const std::optional<std::string>& wanted);

// Asks the kernel (rtnetlink); needs no privilege. Belongs to one thread, and to the namespace that this has at the
// first read().
class HostNetworkReader {
 public:
  virtual ~HostNetworkReader() = default;
  // Throws Failure.
  virtual HostNetwork read() = 0;
};
std::unique_ptr<HostNetworkReader> make_host_network_reader();

}  // namespace davylamp::probe
