// A line of the kernel's LOG target (nf_log_syslog), without its envelope.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "sources/firewall/packet.hpp"

namespace davylamp::firewall {

// Nothing when the message is no line of a firewall; an error when it is one whose addresses cannot be read. Of an ICMP
// error the packet counts, not the one inside its brackets; of keys that occur twice the first.
std::optional<base::Result<Packet>> read_kernel_line(std::string_view message);

}  // namespace davylamp::firewall
