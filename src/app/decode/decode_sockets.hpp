// Sockets of a host: what the kernel says of them over sock_diag, and the texts of `ss` and /proc/net/{tcp,udp}.
#pragma once

#include "app/decode/decode.hpp"

namespace davylamp::app {

// Recordings of the kernel's answers (the bytes of the datagrams, one behind the other) and texts, which may be mixed:
// lines of kind socket and problem, then a summary.
DecodeOutcome decode_sockets(std::string_view bytes, JsonLines& out);

}  // namespace davylamp::app
