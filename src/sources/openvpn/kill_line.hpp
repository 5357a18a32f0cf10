// Thinks: the line that ends a session.
#pragma once

#include <cstdint>
#include <string>

#include "model/command.hpp"

namespace davylamp::openvpn {

// `client-kill`: a kick is RESTART (the client is back in a second), halt and refuse make an honest client's process
// end (OpenVPN management-notes.txt, client-kill). OpenVPN removes the instance five seconds later. The message is cut
// to 200 bytes and made printable ASCII without quotes: a parameter holds 255 bytes and is lexed like a configuration.
std::string kill_line(std::uint64_t client_id, const model::EndSession& order);

}  // namespace davylamp::openvpn
