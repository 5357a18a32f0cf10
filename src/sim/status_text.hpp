// The text of `status`, in its three formats.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace davylamp::sim {

class Server;

struct StatusForm {
  int format = 1;  // 1, 2 or 3
  std::string_view line_end = "\n";
};

// Appends the whole text and returns how many of the server's instances (live or not) it got to. A row of 511 bytes or
// more ends it there: nothing follows, not even END, as in OpenVPN.
std::size_t append_status(std::string& text, Server& server, const StatusForm& form);

}  // namespace davylamp::sim
