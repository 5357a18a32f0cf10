// The daemon's end of collectors that are programs of their own: takes what they see, tells them what is stored, and
// knows whether one is there. Any daemon may have it. See docs/adr/0012-agent-and-uplink.md and
// docs/adr/0014-uplink-over-the-network.md.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/ledger_marks.hpp"
#include "app/role.hpp"
#include "bus/uplink/listener.hpp"
#include "contract/bus.hpp"
#include "contract/store.hpp"
#include "io/worker.hpp"

namespace davylamp::app {

class CollectorLink : private uplink::ListenerLog {
 public:
  struct Dependencies {
    contract::Bus& bus;
    const base::Clock& clock;
    Log& log;
    std::string version;
    contract::Store* store = nullptr;  // with uplink.listen
  };
  // Listens at agent_socket_path(config) when this host's collector is a program of its own, and at uplink.listen.
  // Throws Failure "listen", "tls" or "certificate" that says what is in the way. Works on the loop of `role`.
  CollectorLink(Role& role, const Config& config, Dependencies dependencies);

  // The three that follow may be called from any one other thread. On a bus that keeps what is published (take_kept())
  // the first two need not be.
  // What the ledger had come to when a batch was taken from it: see SessionTracker::settled_cursors().
  void took(std::uint64_t counters_marked, std::vector<model::Cursor> cursors);
  // That batch is stored, and so are the counters that became old before the first `counters_taken` of them.
  void stored(std::uint64_t counters_taken);

  // Servers that nobody looks at, and why: none while their collector is connected or has only just gone.
  struct Absence {
    std::vector<model::SourceId> servers;
    std::string why;
  };
  Absence absence(base::Time now);

 private:
  void arrived(const std::string& node, const std::string& text) override;
  void left(const std::string& node, const std::string& text) override;
  void turned_away(const std::string& text) override;
  void clock_is_off(const std::string& node, const std::string& text) override;
  io::Task<void> keep_house();
  void note_presence(base::Time now);
  void tell_losses(base::Time now);

  // Of one node: its servers, and since when nobody looks at them.
  struct Absent {
    std::vector<model::SourceId> servers;
    base::Time since{};
  };
  Dependencies dependencies_;
  std::string node_;
  std::string socket_;
  std::vector<model::SourceId> servers_;  // of this host, when its collector comes over the socket
  std::optional<base::Time> turned_away_at_;
  base::Time losses_told_at_{};
  std::mutex mutex_;  // of the next two
  LedgerMarks<std::vector<model::Cursor>> marks_;
  std::map<std::string, Absent> absent_;  // by node
  boost::asio::any_io_executor executor_;
  std::unique_ptr<io::Worker<contract::NodeStore>> nodes_;
  uplink::Listener listener_;
};

}  // namespace davylamp::app
