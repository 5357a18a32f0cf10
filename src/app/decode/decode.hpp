#pragma once

#include <istream>
#include <ostream>
#include <span>
#include <string_view>

#include "app/decode/json_lines.hpp"
#include "sources/openvpn/status_time.hpp"

// What Davylamp makes of a recording or a file, as JSON lines: a debugging aid that needs no daemon.
namespace davylamp::app {

// Also the exit code of the program.
enum class DecodeOutcome : int {
  understood = 0,
  skipped = 1,     // something was skipped; each skipped thing is a line of kind "problem"
  unreadable = 2,  // nothing could be read
};

// A status file: lines of kind client, route, statistic and problem, then a summary.
DecodeOutcome decode_openvpn_status(std::string_view bytes, const openvpn::ServerZone& zone, JsonLines& out);

// What came out of a management socket, raw or as a transcript with `S: ` and `C: ` in front of the lines: lines of
// kind bytecount, client, state, log, info, reply and problem, then a summary with the count of each.
DecodeOutcome decode_openvpn_management(std::string_view bytes, JsonLines& out);

// A firewall's log, whichever way it was written (kernel, syslog, journal, dmesg), or the messages of an NFLOG socket:
// lines of kind packet and problem, then a summary.
DecodeOutcome decode_firewall(std::string_view bytes, JsonLines& out);

// OpenVPN's own log: a line of kind failure for each line that tells of a client that was not let in, one of kind
// attempt for what these make together, then a summary.
DecodeOutcome decode_openvpn_log(std::string_view bytes, JsonLines& out);

// `decode FORMAT FILE|- [--utc-offset +HH:MM]`, without the word decode.
// Returns the exit code; complaints go to `err`.
int run_decode(std::span<const std::string_view> args, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace davylamp::app
