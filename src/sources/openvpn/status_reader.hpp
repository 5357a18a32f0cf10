#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sources/openvpn/status_rows.hpp"

namespace davylamp::openvpn {

enum class StatusFormat : std::uint8_t { unknown, version1, version2, version3, statistics };

// A defect of the text: a line that was skipped, or something the text as a whole lacks. `line` is 1-based; for what
// is missing it is the last line.
struct StatusProblem {
  std::size_t line = 0;
  std::string what;
};

// Receives what read_status() finds, in the order of the text. Views are valid as long as the text.
class StatusVisitor {
 public:
  virtual ~StatusVisitor() = default;
  virtual void client(const ClientRow& row) = 0;
  virtual void route(const RouteRow& row) = 0;
  // A counter of a client's or point-to-point server's own statistics ("TUN/TAP read bytes").
  virtual void statistic(std::string_view name, std::uint64_t value) = 0;
  virtual void problem(const StatusProblem& problem) = 0;
};

// What the text says as a whole. Sums saturate.
struct StatusSummary {
  StatusFormat format = StatusFormat::unknown;
  std::string_view version;    // of OpenVPN, from the title; empty in version 1
  std::string_view made_text;  // when the text was made: the server's local time
  std::optional<std::int64_t> made_at;
  std::optional<bool> dco_enabled;
  bool has_virtual_address6 = false;  // the client list has a column for it (2.4 and later, not in version 1)
  std::uint64_t clients = 0;
  std::uint64_t routes = 0;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t problems = 0;
  std::uint64_t asynchronous_lines = 0;  // lines beginning with `>`: management notifications between the rows
  // Nothing is missing, torn or skipped: the title comes first, END comes last and once, each section is there once,
  // every line was understood, no client id occurs twice. Only then may the absence of a client mean anything: OpenVPN
  // rewrites its status file in place, so a reader can see half of one state and half of another.
  bool complete = false;
};

// Reads a status text of any version (1, 2, 3 and client statistics), of OpenVPN 2.1 to 2.7, with LF or CRLF.
// Never throws on input; allocates only for problems and for the list of client ids.
StatusSummary read_status(std::string_view text, StatusVisitor& visitor);

}  // namespace davylamp::openvpn
