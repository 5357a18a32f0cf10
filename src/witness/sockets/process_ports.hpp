// Which ports a program listens on.
#pragma once

#include <string_view>

#include "contract/witness.hpp"

namespace davylamp::sockets {

// The ports that processes of this name (the kernel's comm, or the base name of the executable) are bound to on this
// host. Walks /proc: some milliseconds; ask now and then. What cannot be read for want of privilege is left out.
contract::WatchedPorts ports_of(std::string_view process);

}  // namespace davylamp::sockets
