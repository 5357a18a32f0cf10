// The program's log: one line per event on standard error, for a terminal, a file or the journal.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>

#include "app/config.hpp"
#include "base/time.hpp"

namespace davylamp::app {

// Safe from any thread. Text is made printable: nothing a peer can name moves the cursor or forges a line. The same
// text is written at most once a minute; what was held back is counted in the next line that says it.
class Log {
 public:
  Log(std::ostream& out, const base::Clock& clock, LogLevel least) : out_(out), clock_(clock), least_(least) {}
  void debug(std::string_view text) { write(LogLevel::debug, text); }
  void info(std::string_view text) { write(LogLevel::info_, text); }
  void warning(std::string_view text) { write(LogLevel::warning, text); }
  void error(std::string_view text) { write(LogLevel::error, text); }
  void write(LogLevel level, std::string_view text);

 private:
  struct Said {
    base::Time at{};
    std::uint64_t held_back = 0;
  };
  std::ostream& out_;
  const base::Clock& clock_;
  LogLevel least_;
  std::mutex mutex_;
  std::map<std::string, Said, std::less<>> said_;
};

}  // namespace davylamp::app
