// What a collector and the daemon tell each other: JSON, one message a line. Pure.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "model/change.hpp"
#include "model/command.hpp"
#include "model/ledger.hpp"
#include "model/observation.hpp"

namespace davylamp::uplink {

// Raised when an older end could no longer understand the newer one.
inline constexpr std::uint32_t protocol_version = 2;
// A hundred thousand peers' counters in one observation take a third of it. The first line of a connection is short.
inline constexpr std::size_t longest_line_bytes = std::size_t{32} * 1024 * 1024;
inline constexpr std::size_t longest_greeting_bytes = 4096;

// ---- from the collector

// The first message. `boot` tells this start of the program from others.
struct Hello {
  static constexpr std::string_view kind = "hello";
  std::uint32_t protocol = 0;
  std::string version;  // of the program
  std::string node;
  std::uint64_t boot = 0;
  std::optional<std::string> token = {};  // said inside TLS only
};
BOOST_DESCRIBE_STRUCT(Hello, (), (protocol, version, node, boot, token))

struct Observed {
  static constexpr std::string_view kind = "observed";
  model::Observation observation;
};
BOOST_DESCRIBE_STRUCT(Observed, (), (observation))

// What was lost on the collector's side: all of it, as the collect role counts.
struct Lost {
  static constexpr std::string_view kind = "lost";
  std::vector<model::Loss> losses;
};
BOOST_DESCRIBE_STRUCT(Lost, (), (losses))

// Nothing else was said for a while.
struct Alive {
  static constexpr std::string_view kind = "alive";
};
BOOST_DESCRIBE_STRUCT(Alive, (), ())

// The answer to Asked, at once. Together with the time of its arrival these are the four times of NTP (RFC 5905,
// section 8).
struct Told {
  static constexpr std::string_view kind = "told";
  base::Time asked_at{};  // as the question had it
  base::Time heard_at{};  // by the collector's clock
  base::Time told_at{};   // by the collector's clock
};
BOOST_DESCRIBE_STRUCT(Told, (), (asked_at, heard_at, told_at))

using FromCollector = std::variant<Alive, Hello, Observed, Lost, Told>;

// ---- from the daemon

// The answer to Hello: from now on observations are taken.
struct Welcome {
  static constexpr std::string_view kind = "welcome";
  std::string version;
};
BOOST_DESCRIBE_STRUCT(Welcome, (), (version))

// The other answer; the connection ends with it.
struct Refused {
  static constexpr std::string_view kind = "refused";
  std::string why;
};
BOOST_DESCRIBE_STRUCT(Refused, (), (why))

// Everything that these sources said up to these is stored: it need not be sent again.
struct Acknowledged {
  static constexpr std::string_view kind = "acknowledged";
  std::vector<model::Cursor> cursors;
};
BOOST_DESCRIBE_STRUCT(Acknowledged, (), (cursors))

struct Ordered {
  static constexpr std::string_view kind = "ordered";
  model::Command command;
};
BOOST_DESCRIBE_STRUCT(Ordered, (), (command))

// What does the collector's clock say? `at` is by the daemon's.
struct Asked {
  static constexpr std::string_view kind = "asked";
  base::Time at{};
};
BOOST_DESCRIBE_STRUCT(Asked, (), (at))

using FromDaemon = std::variant<Welcome, Refused, Acknowledged, Ordered, Asked>;

// Appends one line, its end included.
void append_line(std::string& out, const FromDaemon& message);
void append_line(std::string& out, const Hello& message);
void append_line(std::string& out, const Lost& message);
void append_line(std::string& out, const Alive& message);
void append_line(std::string& out, const Told& message);
// As an Observed, without a copy.
void append_line(std::string& out, const model::Observation& observation);

// One line without its end. The error says what is wrong with it.
base::Result<FromCollector> read_from_collector(std::string_view line);
base::Result<FromDaemon> read_from_daemon(std::string_view line);

}  // namespace davylamp::uplink
