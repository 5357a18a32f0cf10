// Thinks: makes sessions of what a WireGuard interface says at each look. Pure.
//
// WireGuard knows no connections. A peer is here while it shakes hands (every 120 s while there is traffic) or its
// received bytes grow; a session begins with the first handshake after a silence of more than 180 s (REJECT_AFTER_TIME)
// and ended when its received bytes last grew. The interface counts since it was made; a session's counters are that
// minus what stood there when the peer's previous session ended, so every byte belongs to one session.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/observation.hpp"
#include "sources/wireguard/device.hpp"

namespace davylamp::wireguard {

// What must outlive this program. `base` is what the interface had counted when the session began, or when the last one
// ended; `seen` what it counted at the latest look.
struct PeerRecord {
  model::Counters base;
  model::Counters seen;
  std::int64_t handshake_ns = 0;
  base::Time began_at{};  // of the session that is open, or of the last one; zero: there was none
  base::Time moved_at{};  // when received bytes were last seen to grow
  bool open = false;
  bool operator==(const PeerRecord&) const = default;
};
struct BookRecord {
  std::string epoch;  // empty: nothing was seen yet
  base::Time looked_at{};
  std::unordered_map<Key, PeerRecord, KeyHash> peers;
};

using NameMap = std::unordered_map<Key, std::string, KeyHash>;

class SessionBook {
 public:
  // Told in order, with the time that the fact is about.
  struct Said {
    base::Time at;
    model::Fact fact;
  };

  SessionBook() = default;
  // Continues what a former program left.
  explicit SessionBook(const BookRecord& record);

  // One life of the interface, between it was made and it is gone: "boot-index", "pid-made". `made_at`, where it is
  // known, tells whether its counters can be older than the sessions of now. Sessions of another epoch have ended.
  void begin_epoch(const std::string& epoch, std::optional<base::Time> made_at, base::Time now);
  // The interface is not there (any more): its sessions have ended.
  void vanished();
  // Names for peers; sessions of those whose name changed are told anew.
  void set_names(NameMap names);
  // What the interface said. With problems it proves presence, never absence. `repair`: everything is listed with its
  // facts, else only what changed.
  void look(const Device& device, base::Time now, bool repair);

  // What is to be told since the last call.
  std::vector<Said> take_said();
  // A session began or ended, or a base changed since the last call: record() must be kept before what was said is
  // told.
  bool take_must_keep();
  BookRecord record() const;

  std::size_t open_count() const { return open_count_; }
  std::size_t peer_count() const { return peers_.size(); }
  // What the page calls the peer: its name, or the first 8 characters of its key, or all of it where two begin alike.
  std::string user_of(const Key& key) const;

 private:
  struct Tracked {
    PeerRecord record;
    std::optional<model::Endpoint> endpoint;
    std::optional<model::Address> virtual_address;
    std::optional<model::Address> virtual_address6;
    std::uint64_t look = 0;
    bool tell_facts = false;
  };
  using Peers = boost::unordered_flat_map<Key, Tracked, KeyHash>;
  struct Looked {
    base::Time now;
    bool away = false;  // nobody looked for longer than a session may be silent
    bool repair = false;
    std::uint64_t listing = 0;
  };

  void look_at(const Device& device, const Peer& peer, const Looked& looked);
  void take_facts(Tracked& tracked, const Device& device, const Peer& peer);
  void open(Tracked& tracked, base::Time began_at);
  void close(const Key& key, Tracked& tracked, base::Time at, model::EndReason reason);
  void tell(const Key& key, Tracked& tracked, const Looked& looked, bool moved);
  void end_all(model::EndReason reason);
  void forget_absent();
  void note_beginning(const Key& key);
  void flush_moved(base::Time now);
  std::string session_key(const Key& key, const Tracked& tracked) const;
  model::PeerFacts facts_of(const Key& key, const Tracked& tracked) const;
  void say(base::Time at, model::Fact fact) { said_.push_back({at, std::move(fact)}); }

  std::string epoch_;
  std::optional<base::Time> made_at_;
  bool first_look_ = true;  // at an interface that was there before us, without a record
  base::Time looked_at_{};
  std::uint64_t look_ = 0;
  std::uint64_t listing_ = 0;
  std::size_t open_count_ = 0;
  bool must_keep_ = false;
  Peers peers_;
  boost::unordered_flat_map<std::uint64_t, unsigned> beginnings_;  // of keys: how many peers have each
  NameMap names_;
  std::vector<model::MovedPeer> moved_;
  std::vector<Said> said_;
};

}  // namespace davylamp::wireguard
