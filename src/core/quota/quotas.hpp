// Limits at work: what moves is counted and judged, and what follows is ordered. Ties the parts of this folder
// together.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/effects.hpp"
#include "core/event_feed.hpp"
#include "core/quota/near_limit.hpp"
#include "core/quota/quota_book.hpp"
#include "core/quota/refusals.hpp"
#include "core/quota/refused_logins.hpp"
#include "core/session_tracker.hpp"

namespace davylamp::core {

class Quotas {
 public:
  // `zones` must outlive this.
  explicit Quotas(const base::Zones& zones) : book_(zones) {}

  // Continues where a checkpoint left off.
  void restore(const model::Checkpoint& checkpoint);
  void set_limits(const model::Limits& limits, const SessionTracker& sessions, base::Time now);
  // After each apply() and tick() of the tracker: what moved and what opened. Whoever passed a limit is refused at
  // once.
  void follow(const SessionTracker& sessions);
  // Facts that are about logins; the rest is ignored.
  void hear(const model::Observation& observation);
  void tick(const SessionTracker& sessions, base::Time now);
  // See QuotaBook.
  std::vector<base::Time> usage_wanted() const { return book_.usage_wanted(); }
  void set_usage(base::Time from, const std::vector<model::UserUsage>& rows, const SessionTracker& sessions);
  void read_usage_again() { book_.read_again(); }
  // Whom to stop and whom to let in: at once, also while nothing can be committed.
  std::vector<model::Command> take_commands();
  // Adds to `effects` and `events`. The cut of QuotaBook::take().
  void take(Effects& effects, EventFeed& events);
  // The same between two cuts. Not while needs_cut().
  void take_uncut(Effects& effects, EventFeed& events);
  // What waits here must be committed together with every byte that moved so far.
  bool needs_cut() const { return book_.urgent() || !book_.usage_wanted().empty(); }
  bool urgent() const {
    return book_.urgent() || refusals_.urgent(book_.ready()) || logins_.urgent() || !commands_.empty();
  }
  const QuotaBook& book() const { return book_; }

 private:
  void set_blocks(const std::vector<model::Block>& blocks);
  void end_blocks();
  void settle(const SessionTracker& sessions);
  std::optional<Refused> refused(const std::string& user) const;
  void say(model::EventKind kind, const std::string& user, std::string text);
  void hand_out(QuotaNews news, Effects& effects, EventFeed& events);

  QuotaBook book_;
  Refusals refusals_;
  NearLimit near_limit_;
  RefusedLogins logins_;
  std::map<std::string, model::Block> blocks_;
  std::vector<std::string> touched_;  // by blocks
  std::vector<model::Command> commands_;
  std::vector<model::Event> events_;
  base::Time now_{};
  bool laid_down_ = false;
  bool tells_ = true;  // the chief says how limits stand and writes what became of them; the others only keep to them
};

}  // namespace davylamp::core
