// The session ledger: observations in, sessions and bytes out. Owns the open sessions.
//
// The rules (they are what makes every byte count once):
//  - a session is known by its source and the source's key for it; a key is never used for two connections;
//  - counters are absolute and only ever raised; what moved is the difference to the register, which is stored in the
//    same transaction as the difference;
//  - a session ends when its source says so, when its server starts a new epoch, or when it is absent from two complete
//    listings in a row; one that comes back after that is the same session, opened again;
//  - a last word (PeerFinal) does not know the key: it is joined by the time the session began, its user and its
//  virtual
//    address. One that fits nothing waits a moment for the listing that is on its way, then it is a session of its own.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/id_series.hpp"
#include "core/rate_meter.hpp"
#include "core/report_order.hpp"
#include "model/change.hpp"
#include "model/ledger.hpp"
#include "model/observation.hpp"

namespace davylamp::core {

// What the ledger could not use. All of it heals by the next full listing; it is counted so that it can be seen.
struct TrackerStats {
  std::uint64_t repeated = 0;             // delivered before
  std::uint64_t unknown_peers = 0;        // counters of a peer whose facts are not known yet
  std::uint64_t incomplete_listings = 0;  // a listing that lost rows on the way
  std::uint64_t shrunk_counters = 0;      // a newer report says less than an older one: ignored, a source is broken
  std::uint64_t unmatched_finals = 0;     // last words on sessions that no listing had: sessions of their own
  std::uint64_t dropped_finals = 0;       // too many of those were waiting
};

struct Standing;

// Kept beside each open session for the one who counts along, so that a user need not be looked up at every report.
// Emptied when the session is renamed.
struct CountingNote {
  std::uint64_t version = 0;  // 0: nothing was noted
  Standing* first = nullptr;
  std::span<Standing* const> others;
};

// Bytes that moved in the last apply(). `row` and `note` are valid until the next one; `at` is when they count.
struct MovedNow {
  const model::StoredSession* row;
  CountingNote* note;
  model::Counters bytes;
  base::Time at;
};

// Bytes of one session, and since when they can have moved: the start of the minute, or earlier when nobody was
// looking.
struct Moved {
  model::TrafficIncrement increment;
  base::Time since{};
};

// What moved since the last take(): see Effects for the meaning of each list.
struct SessionMoves {
  std::vector<model::StoredSession> opened;
  std::vector<model::StoredSession> updated;  // counters, rates, facts
  std::vector<bool> facts_changed;            // one for each of `updated`: more than counters and rates
  std::vector<model::StoredSession> closed;
  std::vector<model::StoredSession> corrected;  // closed before; the server's last word came after
  std::vector<Moved> traffic;
  std::vector<model::EndpointSighting> endpoints;
  std::vector<model::Session> roamed;
};

// What of a session may move without an event.
model::SessionCounters counters_of(const model::Session& session);

class SessionTracker {
 public:
  struct Limits {
    std::size_t sessions_per_source = 100'000;
    base::Seconds reopen_within{3'600};  // how long a closed session is remembered: it may come back, or its last word
    std::size_t remembered_per_source = 20'000;
    base::Seconds rate_expires{5};
    base::Seconds late_after{120};  // a longer silence makes the bytes after it "late"
    base::Seconds final_waits{3};   // a last word that fits no session waits so long for its listing
    std::size_t waiting_finals = 10'000;
    std::size_t slice = 2'000;  // sessions in a slice, or a tenth of those that wait when that is more
  };
  SessionTracker() : SessionTracker(Limits{}) {}
  explicit SessionTracker(const Limits& limits) : limits_(limits) {}

  // Continues the open sessions of a checkpoint. Call once, before apply().
  void restore(const model::Checkpoint& checkpoint);
  // False when the observation was delivered before; then only counters that were not stored are taken from it.
  bool apply(const model::Observation& observation);
  // Rates of sessions that were not heard of fade; closed sessions are forgotten in time. Call about once a second.
  void tick(base::Time now);
  // Nothing of this user's closed sessions is remembered or written any more, not even a last word that comes late.
  void forget_user(std::string_view user);
  // Writes every open session's row again, so that their last-seen times survive a crash.
  void touch_all();
  // changes: sessions that opened, closed or changed their facts, with all that moved in them. slice: also some of
  // those of which only counters or the last-seen time moved, the ones that have waited longest; these may wait, a
  // crash before them loses nothing that the next report does not bring. all: all of them.
  enum class Scope : std::uint8_t { changes, slice, all };
  // What is due since the last call.
  SessionMoves take(Scope scope = Scope::all);
  // Only the counters and rates that moved since the last call of either: for the viewers, who need not wait for the
  // store. What take() gives is to be told again once it is stored: a view that was made from the store in between
  // would never hear of it.
  std::vector<model::Change> take_counters();
  // Of the last apply() or tick(), for those who count along.
  std::span<const MovedNow> moved_now() const { return moved_now_; }
  std::span<const model::StoredSession* const> opened_now() const { return opened_now_; }
  // The open sessions of a user, over all sources. Valid until the next apply() or tick().
  std::vector<const model::StoredSession*> sessions_of(std::string_view user) const;
  // Null when no such session is open.
  const model::StoredSession* session(model::SessionId id) const;
  // All open sessions, in no order: visit(const model::StoredSession&).
  template <class Visit>
  void each_open(Visit visit) const {
    for (const auto& source : sources_) {
      for (const auto& [peer, tracked] : source->open) visit(tracked->row);
    }
  }
  // Something opened, closed or changed its facts since the last take(): worth telling at once.
  bool urgent() const { return urgent_; }

  std::size_t open_count() const { return open_count_; }
  // Open sessions of one server.
  std::size_t open_count(std::string_view server) const;
  std::vector<model::Cursor> cursors() const;
  // As cursors(), but up to what needs nothing that is only remembered here: not past a last word that waits. All of it
  // is stored once what take() has returned by then is, and counters_taken() has come to what counters_marked() was.
  std::vector<model::Cursor> settled_cursors() const;
  // A last word waits for its listing.
  bool holds_finals() const;
  // How many times a session's stored counters became old, and how many of those were taken since.
  std::uint64_t counters_marked() const { return stale_taken_ + stale_.size(); }
  std::uint64_t counters_taken() const { return stale_taken_; }
  const TrackerStats& stats() const { return stats_; }
  model::SessionId next_session_id() const { return ids_.next(); }

 private:
  struct Tracked {
    model::StoredSession row;
    CountingNote note;
    RateMeter rate;
    model::Counters unstored;  // moved within `minute`, not taken yet
    base::Time minute{};
    std::uint64_t listing = 0;  // the last listing that had it
    std::size_t place = 0;      // in the order of reports
    base::Time absent_since{};
    unsigned absences = 0;
    bool restored = false;       // from the checkpoint, not seen since
    std::vector<Moved> minutes;  // that are over, not taken yet
    bool dirty = false;          // in dirty_
    bool stale = false;          // in stale_: its stored counters are old
    bool untold = false;         // in untold_: its counters moved and take_counters() has not told
    bool facts_changed = false;
    bool fresh = false;                      // opened and not taken yet
    bool told_closed = false;                // its end was taken
    std::optional<model::EndReason> ending;  // it was ordered to end, for this reason
    std::size_t start_hash = 0;              // under which by_start has it
  };
  struct PeerHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct SourceHash {
    std::size_t operator()(const model::SourceId& id) const;
  };
  template <class T>
  using ByPeer = boost::unordered_flat_map<std::string, T, PeerHash, std::equal_to<>>;
  struct Closed {
    base::Time at;
    std::string peer;
    std::optional<base::Time> remembered_from;  // absent: restored, and no tick since
  };
  struct WaitingFinal {
    model::PeerFinal final;
    base::Time heard_at;
    std::uint64_t boot = 0;
    std::uint64_t sequence = 0;
  };
  struct SourceState {
    model::SourceId id;
    std::uint64_t boot = 0;
    std::uint64_t sequence = 0;
    std::uint64_t restored_boot = 0;  // what the store had when this began
    std::uint64_t restored_sequence = 0;
    base::Time first_heard_at{};
    ByPeer<std::unique_ptr<Tracked>> open;
    ReportOrder<Tracked> order;               // of the open ones
    ByPeer<std::unique_ptr<Tracked>> closed;  // remembered for `reopen_within`
    std::deque<Closed> closed_order;
    std::unordered_multimap<std::size_t, Tracked*> by_start;  // open and closed, by hash_of_start()
    std::deque<WaitingFinal> waiting_finals;
  };

  SourceState& source_of(const model::SourceId& id);
  // Null when no such session is open.
  static Tracked* find_open(SourceState& source, const std::string& peer);
  void apply_again(SourceState& source, const model::Observation& observation);
  static void fetch_ahead(const ReportOrder<Tracked>& order);
  void on(SourceState& source, const model::Observation& observation, const model::PeerSeen& seen);
  void on(SourceState& source, const model::Observation& observation, const model::PeerGone& gone);
  void on(SourceState& source, const model::Observation& observation, const model::PeersListed& listed);
  void on(SourceState& source, const model::Observation& observation, const model::EpochStarted& epoch);
  void on(SourceState& source, const model::Observation& observation, const model::PeerFinal& final);
  void on(SourceState& source, const model::Observation& observation, const model::PeerEnding& ending);
  void on(SourceState&, const model::Observation&, const model::SourceHealth&) {}
  void on(SourceState&, const model::Observation&, const model::LoginRefused&) {}
  void on(SourceState&, const model::Observation&, const model::HeartbeatSeen&) {}
  void on(SourceState&, const model::Observation&, const model::CanaryAsked&) {}
  void on(SourceState&, const model::Observation&, const model::CommandDone&) {}
  void on(SourceState& source, const model::Observation& observation, const model::PeersMoved& moved);
  void on(SourceState& source, const model::Observation& observation, const model::PeersJudged& judged);
  void on(SourceState&, const model::Observation&, const model::AttemptsCounted&) {}
  void on(SourceState&, const model::Observation&, const model::WitnessesTold&) {}
  static std::size_t hash_of_start(base::Time at, std::string_view user);
  static Tracked* find_by_start(const SourceState& source, const model::PeerFacts& facts);
  void finish(SourceState& source, Tracked& tracked, base::Time heard_at, const model::PeerFinal& final);
  // A disconnect hook runs before the restart is announced: what just ended with a last word ended by the restart.
  void blame_restart(SourceState& source, base::Time at, std::string_view epoch_prefix);
  void make_of_final(SourceState& source, const WaitingFinal& waiting);
  void take_waiting_finals(SourceState& source, base::Time now);
  static void index_start(SourceState& source, Tracked& tracked);
  static void unindex_start(SourceState& source, const Tracked& tracked);
  void unindex_user(const Tracked& tracked);
  void index_user(Tracked& tracked);
  Tracked* open_session(SourceState& source, const model::Observation& observation, const model::PeerSeen& seen);
  Tracked* reopen(SourceState& source, const std::string& peer);
  void take_facts(Tracked& tracked, base::Time at, const model::PeerFacts& facts);
  void sight_endpoint(const Tracked& tracked, base::Time first, base::Time last);
  void raise(Tracked& tracked, base::Time at, const model::Counters& counters);
  void close(SourceState& source, const std::string& peer, base::Time at, model::EndReason reason);
  void add_traffic(Tracked& tracked, base::Time since, base::Time at, const model::Counters& moved);
  void mark(Tracked& tracked);
  void mark_stale(Tracked& tracked);
  void mark_counters(Tracked& tracked);
  void take_one(Tracked& tracked);
  void take_stale(std::size_t count);
  void flush_minute(Tracked& tracked);
  void forget_closed(SourceState& source, base::Time now);
  void date_restored(base::Time now);

  Limits limits_;
  std::vector<std::unique_ptr<SourceState>> sources_;
  boost::unordered_flat_map<model::SourceId, SourceState*, SourceHash> by_id_;
  SourceState* last_source_ = nullptr;
  ByPeer<std::vector<Tracked*>> by_user_;  // open ones
  std::vector<MovedNow> moved_now_;
  std::vector<const model::StoredSession*> opened_now_;
  std::vector<Tracked*> dirty_;
  std::vector<Tracked*> stale_;
  std::uint64_t stale_taken_ = 0;
  std::vector<Tracked*> untold_;
  SessionMoves moves_;
  TrackerStats stats_;
  IdSeries ids_;
  std::size_t open_count_ = 0;
  bool urgent_ = false;
  bool restored_dated_ = true;
};

}  // namespace davylamp::core
