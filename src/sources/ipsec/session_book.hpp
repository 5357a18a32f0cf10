// Thinks: makes sessions of what charon says of its IKE_SAs. Pure.
//
// A session is one peer's IKE_SA and what follows it by rekeying. Its counters are the sum over its CHILD_SAs: each
// counts from zero when it is made and says its last word when it goes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/observation.hpp"
#include "sources/ipsec/security_association.hpp"

namespace davylamp::ipsec {

// charon's number of a CHILD_SA and its inbound SPI: unique in one life of charon, kept when its IKE_SA is rekeyed.
using ChildKey = std::pair<std::uint64_t, std::uint32_t>;

// What must outlive this program: no name, no address.
struct SessionRecord {
  std::uint64_t ike = 0;       // charon's number of the IKE_SA that it lives in
  std::uint64_t identity = 0;  // a digest of who the peer is and of its virtual addresses; 0: it has none
  base::Time began_at{};
  base::Time seen_at{};
  model::Counters closed;                        // of CHILD_SAs that are gone
  std::map<ChildKey, model::Counters> children;  // of those that may still say something
  bool operator==(const SessionRecord&) const = default;

  model::Counters sum() const;
};
struct BookRecord {
  std::string epoch;  // empty: nothing was seen yet
  // By the number of the first IKE_SA of each.
  std::map<std::uint64_t, SessionRecord> sessions;
  bool operator==(const BookRecord&) const = default;
};

class SessionBook {
 public:
  // Told in order, with the time that the fact is about.
  struct Said {
    base::Time at;
    model::Fact fact;
  };

  SessionBook() = default;
  // Continues what a former program left.
  explicit SessionBook(BookRecord record);

  // One life of charon. Sessions of another have ended.
  void begin_epoch(const std::string& epoch, base::Time now);
  // charon is not there (any more): its sessions have ended.
  void vanished();

  // A listing: rows between begin and finish. What is absent from a whole one has gone. `repair`: everything is told
  // with its facts, else only what changed. One that is not finished proves nothing about absence.
  void begin_listing(bool repair);
  void row(const Ike& ike, base::Time now);
  void finish_listing(base::Time now);

  // Events, as they come.
  void ike_changed(const Report& report, base::Time now);    // ike-updown
  void child_changed(const Report& report, base::Time now);  // child-updown
  void child_rekeyed(const Report& report, base::Time now);
  void ike_rekeyed(const Report& report, base::Time now);

  // What is to be told since the last call.
  std::vector<Said> take_said();
  // Something changed since the last call: record() must be kept before what was said is told.
  bool take_must_keep();
  const BookRecord& record() const { return record_; }
  std::size_t open_count() const { return record_.sessions.size(); }

 private:
  using Sessions = std::map<std::uint64_t, SessionRecord>;
  // What is only of now.
  struct Lately {
    model::PeerFacts facts;
    bool has_facts = false;
    bool tell_facts = false;
    bool moved = false;
    std::uint64_t listing = 0;           // the last one that had it
    std::optional<base::Time> going_at;  // charon said that it goes
    std::uint64_t going_since = 0;       // during this listing
    bool rekeying = false;
    std::map<ChildKey, std::uint64_t> seen;  // in which listing each CHILD_SA was last
    std::map<ChildKey, std::uint64_t> gone;  // said its last word during this listing; late rows are not it again
  };

  Sessions::iterator session_of(const Ike& ike);
  Sessions::iterator take_ike(const Ike& ike, base::Time now);
  void take_facts(Sessions::iterator session, const Ike& ike);
  void take_children(Sessions::iterator session, const Ike& ike);
  void close_child(Sessions::iterator session, const Child& child);
  void fold_gone_children(Sessions::iterator session);
  Sessions::iterator close(Sessions::iterator session, base::Time at, model::EndReason reason);
  void follow(Sessions::iterator session, std::uint64_t ike);
  void tell(Sessions::iterator session, base::Time now);
  std::string key_of(std::uint64_t number) const { return record_.epoch + "/" + std::to_string(number); }
  void say(base::Time at, model::Fact fact) { said_.push_back({at, std::move(fact)}); }

  BookRecord record_;
  std::map<std::uint64_t, Lately> lately_;         // by the session's number
  std::map<std::uint64_t, std::uint64_t> by_ike_;  // the session's number, by the IKE_SA's
  // IKE_SAs that were replaced or have gone, with the listing that was under way then: late rows are no new sessions.
  std::map<std::uint64_t, std::uint64_t> retired_;
  std::uint64_t listing_ = 0;
  bool repair_ = false;
  bool must_keep_ = false;
  std::uint64_t told_in_listing_ = 0;
  std::vector<Ike> strangers_;  // rows of the listing that belong to no session that is known
  std::vector<Said> said_;
};

}  // namespace davylamp::ipsec
