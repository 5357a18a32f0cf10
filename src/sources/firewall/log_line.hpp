// The envelope of a line in a log: who wrote it when. What is inside is for others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sources/firewall/log_time.hpp"

namespace davylamp::firewall {

// Views into the line. A line in no known envelope is all message.
struct LogLine {
  std::optional<LogTime> time;
  std::string_view host;
  std::string_view program;  // "kernel", "ovpn-server"
  std::string_view message;
  bool kernel_record = false;             // as /dev/kmsg gives them
  std::optional<std::uint64_t> sequence;  // of a kernel record
};

// /dev/kmsg records ("4,1811,2712404686,-;..."), RFC 3164, RFC 5424, RFC 3339, dmesg, journalctl's short forms,
// OpenVPN's own file; each with "<priority>" before it or without.
LogLine read_log_line(std::string_view line);

// Lines of journalctl -o export and -o json are gathered into one line of the short form: the fields of an entry come
// on lines of their own. Also passes everything else through.
class JournalEntries {
 public:
  // The line to read instead of this one; nothing while an entry is gathered. The view lives until the next call.
  std::optional<std::string_view> next(std::string_view line);
  // The entry that was begun and not ended by an empty line.
  std::optional<std::string_view> finish();

 private:
  std::optional<std::string_view> take_entry();
  bool take_field(std::string_view line);
  std::optional<std::string_view> from_json(std::string_view line);
  std::string message_;
  std::string host_;
  std::string program_;
  std::uint64_t microseconds_ = 0;
  bool inside_ = false;
  std::string gathered_;
};

}  // namespace davylamp::firewall
