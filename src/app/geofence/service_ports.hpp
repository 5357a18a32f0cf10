// Talks: on which ports a service of the configuration is reached.
#pragma once

#include <string>
#include <string_view>

#include "app/config.hpp"
#include "app/geofence/fence.hpp"

namespace davylamp::app {

// Of a [[source.watch]], [[source.openvpn]] or [[source.wireguard]] by its name; reads the VPN server's own
// configuration where that holds the ports. Fails with "usage": no such service (and which there are), or its ports
// are not to be found and must be given. `root` stands in front of paths.
base::Result<FencePorts> service_ports(const Config& config, std::string_view name, const std::string& root);

// "443,1194". Fails with "usage".
base::Result<std::vector<std::uint16_t>> read_ports(std::string_view text);

// "udp 0.0.0.0:1194, tcp [::]:443", as a server's card shows it; what cannot be read is left out.
FencePorts ports_of_listening(std::string_view listens_on);

}  // namespace davylamp::app
