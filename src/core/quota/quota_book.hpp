// The book of limits: who is bound by which, what is used of each, and what follows from it.
//
// Exact because every byte reaches a meter once: what was committed is read from the store (usage_wanted, set_usage),
// what moved since comes by moved(), and take() is the cut between the two. See docs/adr/0011-exact-quotas.md.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/zone.hpp"
#include "core/quota/standing.hpp"
#include "core/session_tracker.hpp"
#include "model/change.hpp"
#include "model/command.hpp"
#include "model/event.hpp"
#include "model/limits.hpp"
#include "model/quota.hpp"

namespace davylamp::core {

// What is to be written and told since the last take. Events have no id yet.
struct QuotaNews {
  std::vector<model::Event> events;
  std::vector<model::Change> changes;
  std::vector<model::UsagePeriod> periods;
  std::vector<model::Reset> resets;
  std::vector<model::Grant> grants;
};

// Why a user is not to be let in, and what the user is told.
struct Refused {
  model::Refusal refusal;
  std::string message;
  bool operator==(const Refused&) const = default;
};

class QuotaBook {
 public:
  // `zones` must outlive this.
  explicit QuotaBook(const base::Zones& zones) : zones_(zones) {}

  // Replaces all limits, groups, grants and resets. What goes on counting goes on exactly; the rest is wanted. Does
  // nothing when the revision is the one before (0: is never taken for known).
  void set_limits(const model::Limits& limits, base::Time now);
  // Bytes of a user, at the time of their observation. Constant time; judged at once. `note` is always given with the
  // same user, or empty.
  void moved(CountingNote& note, const std::string& user, const model::Counters& bytes, base::Time at);
  // The user is there: one of everyone from now on.
  void seen(const std::string& user);
  // About once a second: periods begin and end, grants run out, what moved a little is told.
  void tick(base::Time now);

  // From when on stored usage must be read, as of the last take(): commit what it returned, read, and call set_usage()
  // for each, before the next take(). At most a few at a time; ask again after the next commit.
  std::vector<base::Time> usage_wanted() const;
  // `rows`: what each user moved from `from` on, as committed with the last take(). One that came late, after another
  // take(), must not be given.
  void set_usage(base::Time from, const std::vector<model::UserUsage>& rows);
  // What is stored of every limit in force is wanted again: others wrote it, too.
  void read_again();
  // The cut: everything that moved so far is in the batch that the caller commits now.
  QuotaNews take();
  // What viewers are told of how limits stand, between two cuts.
  std::vector<model::Change> take_changes() { return std::exchange(news_.changes, {}); }
  bool urgent() const;

  // Every limit that was laid down has been loaded at least once: who is refused is known.
  bool ready() const { return laid_down_ && ready_; }
  // Nothing for those who are not refused.
  std::optional<Refused> refused(const std::string& user) const;
  // Those of whom refused() may answer differently since the last call.
  std::vector<std::string> take_touched() { return std::exchange(touched_, {}); }
  bool has_touched() const { return !touched_.empty(); }
  // Standings that moved since the last call.
  std::vector<Standing*> take_moved();
  // Standings of limits that the kernel is to hold.
  std::vector<const Standing*> in_kernel() const;
  // The users that a standing concerns.
  std::vector<std::string> users_of(const Standing& standing) const;
  // All that is known, in order of limit.
  std::vector<model::Quota> quotas() const;
  // Users who had to stay without a meter: there are too many.
  std::uint64_t unmetered() const { return unmetered_; }

 private:
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  template <class T>
  using ByName = boost::unordered_flat_map<std::string, T, NameHash, std::equal_to<>>;
  using Bound = std::vector<Standing*>;
  using Reading = ByName<model::Counters>;
  using Rules = std::vector<std::unique_ptr<Rule>>;
  struct Past {
    const Bound* bound = nullptr;  // what bound the user until now
    bool moved_nothing = false;    // in this period, as is known
  };
  struct GroupRules {
    std::vector<Rule*> each;
    std::vector<Rule*> pools;
  };

  // quota_binding.cpp
  Rules keep_rules(const model::Limits& limits, bool first);
  void lay_down(Rule& rule, const model::Limit& limit, const model::Limits& limits);
  void index_groups(const model::Limits& limits);
  void rebind(const model::Limits& limits);
  // `before`: what bound users until now; null for a user who was never seen.
  Bound& bind(const std::string& user, const ByName<Bound>* before);
  Bound* bound_of(const std::string& user);
  Standing* standing_of(Rule& rule, const std::string& user, const Past& past);
  Standing& add_standing(Rule& rule, const std::string& user, bool counts_from_here);
  void drop_unbound(Rule& rule);
  void retire(const Standing& standing);
  void attach(const model::Limits& limits);
  Standing* find(std::uint64_t limit_id, const std::string& user);
  // quota_periods.cpp
  void renew(Rule& rule);
  void roll_over(Rule& rule, const PeriodSpan& next);
  void roll_window(Rule& rule, const PeriodSpan& next);
  void start_again(Rule& rule, const PeriodSpan& span);
  void close_period(Standing& standing, const PeriodSpan& next);
  void find_due(Rule& rule) const;
  base::Time start_of(const Standing& standing, const PeriodSpan& span) const;
  void settle_reset(Standing& standing);
  void want(Rule& rule);
  std::vector<base::Time> needs(const Rule& rule) const;
  void load(Rule& rule);
  void load_last(Rule& rule);
  void record_missed(Standing& standing, const PeriodSpan& span);
  model::Counters stored(const Rule& rule, const std::string& user, base::Time from) const;
  // quota_book.cpp
  void add(Standing& standing, const model::Counters& bytes, base::Time stored_at);
  void judge(Standing& standing);
  void announce(const Standing& standing, bool reached, std::size_t passed);
  void judge_all(Rule& rule);
  void set_watch(Standing& standing) const;
  void tell(Standing& standing, bool urgent);
  void say(const Standing& standing, model::EventKind kind, std::string text);
  void touch(const Standing& standing);
  model::Quota quota(const Standing& standing) const;

  const base::Zones& zones_;
  Rules rules_;  // in order of id
  ByName<Bound> users_;
  ByName<std::vector<Rule*>> own_;
  ByName<GroupRules> group_rules_;
  ByName<std::vector<std::string>> groups_of_;
  bool everyone_bound_ = false;
  std::vector<Rule*> wanting_;
  std::map<base::Time, Reading> readings_;  // as of the last take
  std::vector<Standing*> moved_;
  std::vector<Standing*> pending_;
  std::vector<Standing*> urgent_;
  std::vector<std::string> touched_;
  QuotaNews news_;
  std::uint64_t cut_ = 1;
  std::uint64_t bindings_ = 0;  // how often users_ was made anew
  std::uint64_t standings_ = 0;
  std::uint64_t unmetered_ = 0;
  base::Time now_{};
  std::uint64_t revision_ = 0;
  bool laid_down_ = false;
  bool ready_ = false;
};

}  // namespace davylamp::core
