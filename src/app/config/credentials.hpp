// The secrets and certificates that a configuration names.
#pragma once

#include "app/config/file_checker.hpp"

namespace davylamp::app {

// Those that this daemon needs for what it does: its roles, the uplink, the bus, the store, directories, channels. What
// a channel lacks keeps no daemon from starting.
void check_credentials(FileChecker& checker, const Config& config);
// Those of a collector that delivers to a daemon of another host.
void check_connect(FileChecker& checker, const Config& config, Severity severity);

}  // namespace davylamp::app
