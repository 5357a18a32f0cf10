// The texts that `ss` prints (iproute2 3 to 6), line by line. Parse only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace davylamp::app {

// One end of a socket as ss prints it.
struct SsEnd {
  std::string address;                // canonical when it is an IP address; "*" stays; of a Unix socket: its path
  std::optional<std::uint64_t> port;  // absent for "*"; of a Unix socket: its inode
  std::string service;                // where a name stands instead of the port
  std::string interface;              // "%tun0"
};

struct SsUser {
  std::string name;
  std::optional<std::uint32_t> process_id;
  std::optional<std::uint32_t> descriptor;
};

struct SsRow {
  std::string netid;  // empty: ss was asked for one protocol
  std::string state;  // as ss writes it; empty: ss was asked for one state
  std::uint64_t receive_queue = 0;
  std::uint64_t send_queue = 0;
  SsEnd local;
  SsEnd peer;
  std::vector<SsUser> users;
  std::vector<std::pair<std::string, std::string>>
      options;                     // "ino", "timer", "rtt" ... with what stands behind the colon
  std::vector<std::string> flags;  // bare words: "sack", "cubic", "<->"
};

bool is_ss_header(std::string_view line);
// `line` without its end. Nothing when it is no row.
std::optional<SsRow> parse_ss_row(std::string_view line);
// Adds what a line below a row tells of it (`-i`, narrow terminals). False when it is no such line.
bool extend_ss_row(std::string_view line, SsRow& row);

// "1min32sec", "9.340ms" (of ss: 9.34 s), "200ms" in milliseconds.
std::optional<std::uint64_t> parse_ss_duration(std::string_view text);
// "3861333328bps", "36.5Mbps" in bits per second.
std::optional<std::uint64_t> parse_ss_rate(std::string_view text);

}  // namespace davylamp::app
