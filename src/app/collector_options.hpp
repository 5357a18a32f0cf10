// What the configuration says of the daemon's end of collectors.
#pragma once

#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/log.hpp"
#include "bus/uplink/listener.hpp"

namespace davylamp::app {

// Whether the collector of this host is a program of its own.
bool has_local_collector(const Config& config);
// Makes a certificate where none is given, and logs its fingerprint. Throws Failure "tls" or "certificate".
uplink::Listener::Options listener_options(const Config& config, const base::Clock& clock, Log& log,
                                           std::string version);
// That this host's collector looks at.
std::vector<model::SourceId> servers_of(const Config& config);

}  // namespace davylamp::app
