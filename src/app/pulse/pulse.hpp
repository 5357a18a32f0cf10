// What probes of a container ask a daemon of any role: whether it lives, and whether it can do its work. Each role's
// loop says so every two seconds, into a file in the state directory.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "io/task.hpp"

namespace davylamp::app {

// What the file holds.
struct PulseReport {
  std::map<std::string, base::Time> roles;  // when the loop of each last turned
  std::optional<std::string> trouble;       // why the work stands still; a sentence
  bool operator==(const PulseReport&) const = default;
};
BOOST_DESCRIBE_STRUCT(PulseReport, (), (roles, trouble))

struct Health {
  bool alive = false;  // every loop turned within the last 15 s
  bool ready = false;  // ... and nothing stands in the way
  std::string text;    // a sentence
};
// Pure. A clock that jumped back does not make a daemon dead.
Health judge(const PulseReport& report, base::Time now);

std::string pulse_path(const std::string& state_directory);
// Fails with "no_pulse" when there is no file or it cannot be read.
base::Result<PulseReport> read_pulse(const std::string& path);

class Pulse {
 public:
  // Why the work stands still; called from any role's thread.
  using Trouble = std::function<std::optional<base::Error>()>;
  Pulse(std::string path, const base::Clock& clock, Trouble trouble);
  ~Pulse();  // the file goes
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;
  // A task of that role's loop, until it is cancelled.
  io::Task<void> beat(std::string role);

 private:
  void note(const std::string& role);

  std::string path_;
  const base::Clock& clock_;
  Trouble trouble_;
  std::mutex mutex_;
  PulseReport report_;
};

}  // namespace davylamp::app
