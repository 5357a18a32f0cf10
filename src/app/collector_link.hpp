// The process role's end of davylamp-agent: takes what agents see, tells them what is stored, and knows whether one is
// there. See docs/adr/0012-agent-and-uplink.md.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/role.hpp"
#include "bus/uplink/listener.hpp"
#include "contract/bus.hpp"

namespace davylamp::app {

class CollectorLink : private uplink::ListenerLog {
 public:
  struct Dependencies {
    contract::Bus& bus;
    const base::Clock& clock;
    Log& log;
    std::string version;
  };
  // Listens at agent_socket_path(config). Throws Failure "listen" that says what is in the way.
  CollectorLink(Role& role, const Config& config, Dependencies dependencies);

  // What the ledger had come to when a batch was taken from it: see SessionTracker::settled_cursors().
  void took(std::uint64_t counters_marked, std::vector<model::Cursor> cursors);
  // That batch is stored, and so are the counters that became old before the first `counters_taken` of them.
  void stored(std::uint64_t counters_taken);

  // Servers of this host that nobody looks at, and why: none while an agent is connected or has only just gone.
  struct Absence {
    std::vector<model::SourceId> servers;
    std::string why;
  };
  Absence absence(base::Time now);

 private:
  void arrived(const std::string& node, const std::string& text) override;
  void left(const std::string& node, const std::string& text) override;
  void turned_away(const std::string& text) override;

  struct Mark {
    std::uint64_t counters = 0;
    std::vector<model::Cursor> cursors;
  };
  Dependencies dependencies_;
  std::string node_;
  std::string socket_;
  std::vector<model::SourceId> servers_;
  std::optional<base::Time> absent_since_;
  std::optional<base::Time> turned_away_at_;
  std::deque<Mark> marks_;
  uplink::Listener listener_;
};

}  // namespace davylamp::app
