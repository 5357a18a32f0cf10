// From an [[source.openvpn]] to what the sources of OpenVPN are made with.
#pragma once

#include "app/config.hpp"
#include "app/registry.hpp"
#include "sources/openvpn/source.hpp"

namespace davylamp::app {

openvpn::Config openvpn_source(const OpenvpnConfig& config);
// `config` has a hook_directory.
NamedSource hook_source(const model::SourceId& id, const OpenvpnConfig& config, const base::Clock& clock);

}  // namespace davylamp::app
