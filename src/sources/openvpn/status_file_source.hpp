// The OpenVPN source that needs no management interface: the server's status file alone.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/zone.hpp"
#include "contract/source.hpp"
#include "sources/openvpn/source.hpp"

namespace davylamp::openvpn {

// Exact as of each time the server writes the file: what a session moved after the last of these is known only to a
// disconnect hook. Cannot end sessions. `config.management` is not used. `zone` is the IANA zone of the server's local
// times, for status version 1; absent: this host's. `clock` and `zones` must outlive the source.
struct StatusFileConfig {
  Config server;
  std::string path;
  std::optional<std::string> zone;
};
std::unique_ptr<contract::Source> make_status_file_source(const StatusFileConfig& config, const base::Clock& clock,
                                                          const base::Zones& zones);

}  // namespace davylamp::openvpn
