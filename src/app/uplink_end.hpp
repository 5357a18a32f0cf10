// Where collectors of other hosts find this daemon.
#pragma once

#include <functional>

#include "api/dto/nodes.hpp"
#include "app/config.hpp"

namespace davylamp::app {

// Null without uplink.listen. The fingerprint is looked for until there is a certificate, and kept: it is that of the
// certificate which this daemon shows until its end. For one thread.
std::function<api::UplinkEnd()> uplink_end_of(const Config& config);

}  // namespace davylamp::app
