// What waits for one channel, and when each is tried. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/time.hpp"
#include "contract/notifier.hpp"
#include "model/incident.hpp"

namespace davylamp::app {

// In order of id. One that fails holds up those behind it, so that they are said in order; after `patience` tries only
// those of the same incident. Not thread safe.
class ChannelQueue {
 public:
  static constexpr base::Milliseconds first_wait{2'000};
  static constexpr base::Milliseconds longest_wait{600'000};
  static constexpr base::Seconds give_up_after{86'400};
  static constexpr std::uint32_t fewest_tries = 3;  // also when it is old already
  static constexpr std::uint32_t patience = 5;
  static constexpr std::size_t most_waiting = 10'000;
  static constexpr std::size_t most_remembered = 4'096;

  // One that waits is added, one that was dropped goes; repetitions of what is known, also of what is done, change
  // nothing. Returns it as failed when there is no room.
  std::optional<model::Delivery> take(const model::Delivery& delivery, base::Time now);

  struct Next {
    std::optional<model::Delivery> delivery;  // to be tried now
    std::optional<base::Time> at;             // or: when to look again; nothing: when something is added
  };
  Next next(base::Time now) const;

  // What became of a try: the delivery as it is to be stored. Nothing when it was dropped meanwhile and did not arrive.
  std::optional<model::Delivery> settle(const model::Delivery& tried, const contract::Receipt& receipt, base::Time now);
  std::size_t size() const { return waiting_.size(); }

 private:
  void done(std::uint64_t id);
  std::map<std::uint64_t, model::Delivery> waiting_;
  std::set<std::uint64_t> done_;
  base::Time paused_until_{};
  std::uint32_t failures_ = 0;  // of the channel, in a row
};

}  // namespace davylamp::app
