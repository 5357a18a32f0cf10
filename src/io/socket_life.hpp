// Which run of a program is behind a Unix socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace davylamp::io {

// Programs make their socket when they start, so that another time of making is another run.
struct SocketLife {
  std::string epoch;  // "1234-1795233871123": process and time; no '/', no space
  std::optional<base::Time> made_at;
  std::optional<std::uint32_t> process_id;
};
// Of the connected `socket` (a descriptor) that was reached at `path`. What cannot be known counts as zero in the
// epoch.
SocketLife life_behind(int socket, const std::string& path);

}  // namespace davylamp::io
