// What was seen here and is not yet safe elsewhere: stored by the daemon, or kept by the bus. Pure; used by one thread
// at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "model/ledger.hpp"
#include "model/observation.hpp"

namespace davylamp::bus {

// Keeps the order of what each source said. Bounded: when it grows, counters that a later report of the same peer makes
// old are taken out, so that while the other end is away there is one report for each peer; when that is not enough the
// oldest of what heals by itself is dropped, and what does not (ends, refused logins, facts) only when nothing else is
// left.
class Outbox {
 public:
  using Item = std::shared_ptr<const model::Observation>;
  // In peers: an observation weighs as much as it has peers or attempts, at least one.
  struct Limits {
    std::size_t most = 400'000;
    std::size_t tidy_from = 20'000;  // below this nothing is sorted out
  };
  struct Stats {
    std::uint64_t published = 0;
    std::uint64_t superseded = 0;  // peers' counters that a later report replaced
    std::uint64_t dropped = 0;     // observations that heal
    std::uint64_t lost = 0;        // observations that do not
    std::size_t waiting = 0;       // not acknowledged
  };

  Outbox() : Outbox(Limits{}) {}
  explicit Outbox(const Limits& limits) : limits_(limits), tidy_at_(limits.tidy_from) {}

  void add(model::Observation observation);
  // The next ones, of about this weight; each is given once.
  std::vector<Item> take(std::size_t weight);
  bool has_more() const;
  // How many take() has not given yet.
  std::size_t untaken() const;
  // Everything that is not acknowledged is given again, after the latest health of each source: whoever takes it may
  // know nothing of what was told before.
  void rewind();
  void acknowledge(const std::vector<model::Cursor>& cursors);
  // Everything that is not acknowledged, in order, up to the entry `last`.
  struct Copy {
    std::vector<Item> items;
    std::uint64_t last = 0;
  };
  Copy copy() const;
  // What copy() gave is kept elsewhere from now on.
  void forget(const Copy& copy);
  Stats stats() const;

 private:
  struct Entry {
    std::uint64_t number = 0;
    std::size_t weight = 1;
    Item item;
  };
  struct Stored {
    std::uint64_t boot = 0;
    std::uint64_t sequence = 0;
  };
  bool is_stored(const model::Observation& observation) const;
  std::deque<Entry>::const_iterator next() const;
  void tidy();
  void drop_down_to(std::size_t weight);

  Limits limits_;
  std::size_t tidy_at_;
  std::deque<Entry> entries_;  // in the order of their numbers
  std::size_t weight_ = 0;
  std::uint64_t last_number_ = 0;
  std::uint64_t given_ = 0;                                           // the number of the last that was taken
  std::vector<Item> again_;                                           // to be given before the others
  std::map<std::pair<model::SourceId, std::size_t>, Item> standing_;  // by source and kind of fact
  std::map<model::SourceId, Stored> stored_;
  Stats stats_;
};

}  // namespace davylamp::bus
