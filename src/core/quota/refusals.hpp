// Who is refused, and the orders that end their sessions: not a storm of them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/quota/quota_book.hpp"
#include "core/session_tracker.hpp"
#include "model/command.hpp"
#include "model/event.hpp"

namespace davylamp::core {

// One try at a user is an order for each of the user's open sessions. A session that is still there after 10 s is due
// again; a user is tried at most three times in a minute, then once a minute until there was no session for 10 minutes.
class Refusals {
 public:
  // Nothing: the user may come in.
  void set(const std::string& user, std::optional<Refused> refused);
  bool contains(const std::string& user) const { return entries_.contains(user); }
  // Ends what the user has open, as far as the pace allows.
  void enforce(const std::string& user, const SessionTracker& sessions, base::Time now);
  // About once a second.
  void tick(const SessionTracker& sessions, base::Time now);
  // The orders since the last call. The list of who is refused comes when it changed and every 30 s, but not before
  // it is `known` whole.
  std::vector<model::Command> take(bool known, base::Time now);
  std::vector<model::Event> take_events() { return std::exchange(events_, {}); }
  bool urgent(bool known) const { return (known && changed_) || !commands_.empty() || !events_.empty(); }

 private:
  struct Entry {
    Refused refused;
    std::vector<base::Time> tries;                              // within the last minute
    std::vector<std::pair<model::SessionId, base::Time>> told;  // sessions, and when they were ordered to end
    base::Time seen_at{};                                       // with a session open
    bool returns = false;                                       // keeps coming back: once a minute is enough
  };
  void enforce(Entry& entry, const SessionTracker& sessions, base::Time now);
  void say_returns(const Entry& entry, const model::StoredSession& row, base::Time now);

  std::map<std::string, Entry> entries_;
  std::vector<model::Command> commands_;
  std::vector<model::Event> events_;
  base::Time listed_at_{};
  bool changed_ = true;  // since the list was given
};

}  // namespace davylamp::core
