// How far apart the commits are that only make stored counters newer. Opened and closed sessions do not wait for it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

#include "base/time.hpp"

namespace davylamp::app {

// A file beside the daemon is spared: its commits take a twentieth of the time, and so do those of up to 2,000 sessions
// anywhere. A server that many sessions are written to may be busier, up to a fifth of the time: what is stored is then
// about a second old while it can keep up, and the older the slower it is.
class CommitPace {
 public:
  static constexpr base::Milliseconds shortest{1'000};
  static constexpr base::Milliseconds longest{30'000};

  struct Store {
    bool is_server = false;
    std::size_t shards = 1;                     // the parts that the work is divided into, each with commits of its own
    std::optional<base::Milliseconds> fixed{};  // what the operator wants, whatever the store takes
  };
  explicit CommitPace(const Store& store) : store_(store), pause_(store.fixed.value_or(shortest)) {}

  // How many sessions' counters a commit has at most, of those that do not wait too long for it.
  std::size_t slice() const { return store_.is_server ? most_to_server : few; }
  // A commit of so many sessions took so long.
  void took(base::Milliseconds time, std::size_t sessions) {
    pause_ = store_.fixed.value_or(std::clamp(time * 20 / share(sessions), shortest, longest));
  }
  // From one commit to the next.
  base::Milliseconds pause() const { return pause_; }

 private:
  static constexpr std::size_t few = 2'000;
  static constexpr std::size_t most_to_server = 10'000;

  // Of the time, in twentieths.
  base::Milliseconds::rep share(std::size_t sessions) const {
    if (!store_.is_server) return 1;
    return static_cast<base::Milliseconds::rep>(std::clamp<std::size_t>(sessions * store_.shards / few, 1, 4));
  }

  Store store_;
  base::Milliseconds pause_;
};

}  // namespace davylamp::app
