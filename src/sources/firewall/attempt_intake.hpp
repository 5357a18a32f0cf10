// Decides what a logged packet or a line of a log is: whose attempt, with which outcome. Counts it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sources/firewall/attempt_counter.hpp"
#include "sources/firewall/log_line.hpp"
#include "sources/firewall/openvpn_failures.hpp"
#include "sources/firewall/packet.hpp"

namespace davylamp::firewall {

struct IntakeStats {
  std::uint64_t packets = 0;     // that were logged, in whichever way
  std::uint64_t unreadable = 0;  // lines of a firewall, or messages, that are damaged
  std::uint64_t others = 0;      // packets with another prefix than those of the configuration
  std::uint64_t outgoing = 0;    // packets of this host, which are nobody's attempts
  std::uint64_t too_old = 0;     // lines from before the time that is kept
};

// Pure: times are passed in.
class AttemptIntake {
 public:
  struct Rules {
    std::string server;
    std::vector<std::string> accepted;  // prefixes; both lists empty: every packet was refused
    std::vector<std::string> refused;
  };
  explicit AttemptIntake(Rules rules, const AttemptCounter::Limits& limits = {});

  // `at` is when the packet came, as far as the log tells; it came in by an interface, or is nobody's attempt.
  void take_packet(const Packet& packet, bool came_in, base::Time at, base::Time now);
  // A line of a firewall's log, or of the kernel's, in whichever envelope.
  void take_firewall_line(const LogLine& line, base::Time now, std::optional<base::Time> booted_at);
  void take_openvpn_line(const LogLine& line, base::Time now);
  void count_unreadable(std::uint64_t more) { stats_.unreadable += more; }

  // See AttemptCounter::take and take_all.
  std::vector<model::AttemptCount> take(base::Time now);
  std::vector<model::AttemptCount> take_all(base::Time now);

  const IntakeStats& stats() const { return stats_; }
  const AttemptCounter& counter() const { return counter_; }

 private:
  std::optional<model::AttemptOutcome> outcome_of(std::string_view prefix) const;
  void count(const std::vector<FailedClient>& failed);

  Rules rules_;
  AttemptCounter counter_;
  OpenvpnFailures failures_;
  IntakeStats stats_;
};

}  // namespace davylamp::firewall
