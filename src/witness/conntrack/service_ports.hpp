// Which tracked connections are exchanges with a watched service, and which way round.
#pragma once

#include <bitset>
#include <optional>
#include <vector>

#include "contract/witness.hpp"
#include "witness/conntrack/ctnetlink.hpp"
#include "witness/conntrack/kernel_settings.hpp"
#include "witness/conntrack/list_request.hpp"

namespace davylamp::conntrack {

struct ServiceSide {
  model::Protocol protocol = model::Protocol::udp;
  model::Endpoint peer;
  std::uint16_t service_port = 0;
  bool peer_began = true;  // else the service sent the first packet: an answer after the entry had expired
};

// A connection belongs to a service when its port is watched and the end that has this port is this host, be it before
// a translation (a port forwarded to a container) or after it (a port redirected to the service). So what clients in
// the tunnel send through this host to the same port elsewhere does not count. The peer is who sent the first packet,
// as its source address was then.
class ServicePorts {
 public:
  // Without own addresses every host may be the service.
  ServicePorts(const contract::WatchedPorts& ports, std::vector<model::Address> own_addresses);
  std::optional<ServiceSide> side_of(const Entry& entry) const;
  bool empty() const { return udp_.none() && tcp_.none(); }

 private:
  bool is_own(const model::Address& address) const;
  std::bitset<65536> udp_;
  std::bitset<65536> tcp_;
  std::vector<model::Address> own_;
};

// The listings that together hold every connection of these ports, each about as dear as a walk through the whole table
// plus its entries; one of everything when that costs less. `matched`: how many entries the last listing used.
std::vector<ListFilter> plan_listing(const contract::WatchedPorts& ports, const KernelSettings& settings,
                                     std::size_t matched);

}  // namespace davylamp::conntrack
