// What the commands of the country firewall share.
#pragma once

#include <optional>
#include <string>

#include "app/cli/command.hpp"
#include "app/geofence/fences.hpp"

namespace davylamp::app {

Fences fences_of(const Config& config);

// "IR, DE, AS64500", "everybody but SE".
std::string who_comes_in(const FenceRequest& request);

// The files of the configuration, read as the daemon reads them.
base::Result<CompiledFence> compile_with(const Config& config, const FenceRequest& request);

}  // namespace davylamp::app
