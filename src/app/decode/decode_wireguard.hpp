#pragma once

#include <string_view>

#include "app/decode/decode.hpp"

namespace davylamp::app {

// What WireGuard or its tools said, told apart by what it looks like: the userspace socket's answers or a dialogue with
// it, `wg show all dump`, `wg show NAME dump`, `wg show`, or datagrams of the kernel's generic netlink family. Lines of
// kind interface, peer and problem, then a summary with the sums. Private and preshared keys are never among them.
DecodeOutcome decode_wireguard(std::string_view bytes, JsonLines& out);

}  // namespace davylamp::app
