// What is published here on its way to Redis. Nothing is forgotten before Redis has had it for so long that it is on
// its disk (appendfsync everysec).
//
// One round at a time: the answers to all that was sent are there before more is sent, Redis does all of a round or
// nothing, and nothing when it has lost its data since the last one. So nothing that a source said later comes before
// what it said earlier, which would be taken for a repetition.
#pragma once

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bus/outbox.hpp"
#include "bus/redis/site.hpp"
#include "bus/signal.hpp"
#include "contract/bus.hpp"

namespace davylamp::redis {

// Items that are numbered when they are published and leave when Redis has them. Bounded: the oldest are dropped.
template <class T>
class Outgoing {
 public:
  struct Item {
    std::uint64_t number = 0;
    T value;
  };
  explicit Outgoing(std::size_t most) : most_(most) {}
  void add(T value) {
    items_.push_back({++stats_.published, std::move(value)});
    if (items_.size() <= most_) return;
    ++(items_.front().number <= given_ ? unsure_ : stats_.dropped);
    items_.pop_front();
  }
  // To be sent now.
  std::vector<Item> first(std::size_t most) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, items_.size()));
    if (count != 0) given_ = items_[static_cast<std::size_t>(count - 1)].number;
    return {items_.begin(), items_.begin() + count};
  }
  // Redis has them, up to this one.
  void sent(std::uint64_t number) {
    while (!items_.empty() && items_.front().number <= number) items_.pop_front();
    unsure_ = 0;
  }
  // Redis may not have what first() gave.
  void failed() {
    stats_.dropped += std::exchange(unsure_, 0);
    given_ = 0;
  }
  contract::TopicStats stats() const {
    auto stats = stats_;
    stats.waiting = items_.size();
    return stats;
  }

 private:
  std::size_t most_;
  std::deque<Item> items_;
  std::uint64_t given_ = 0;   // the number of the last that is being sent
  std::uint64_t unsure_ = 0;  // that were dropped while they were being sent
  contract::TopicStats stats_;
};

class Sender {
 public:
  struct Limits {
    bus::Outbox::Limits observations;
    std::size_t changes = 256;
    std::size_t commands = 4'096;
    // How long Redis must have had an observation. With appendfsync everysec it writes its file every second, and puts
    // that off for two at most while the disk is busy.
    std::chrono::milliseconds safe_after{2'000};
  };
  // `executor`: the loop of run(). `site` must outlive this.
  Sender(boost::asio::any_io_executor executor, Site& site, const Limits& limits);

  // From any thread.
  void publish(model::Observation observation);
  void publish(contract::Changes changes);
  void publish(model::Command command);
  std::vector<model::Cursor> take_kept();
  contract::TopicStats observation_stats() const;
  contract::TopicStats change_stats() const;
  contract::TopicStats command_stats() const;
  // Observations that Redis was given again, because it may not have had them.
  std::uint64_t sent_again() const;

  // On the loop. One connection, until it fails: throws Failure. `connected` is told once Redis takes what we say.
  io::Task<void> run(std::function<void()> connected);
  // Changes and commands are sent from now on: our own readers will see them.
  void open_topics();
  // Whether all that was published is with Redis, or cannot be brought there now.
  bool is_settled() const;

 private:
  using Steady = std::chrono::steady_clock;
  struct Round;
  struct Confirmed {
    Steady::time_point at;
    std::vector<model::Cursor> cursors;
  };
  void wake();
  void rewind();
  io::Task<void> claim(Connection& connection);
  Round gather();
  void gather_topics(Round& round);
  void gather_observations(Round& round);
  io::Task<bool> carry_out(Connection& connection, const Round& round);
  void settle(const Round& round, const std::vector<Reply>& answers);
  // `asked`: when the last question was sent that it has answered.
  void keep_what_is_safe(Steady::time_point asked);

  Site& site_;
  std::deque<Confirmed> confirmed_;
  Steady::time_point life_asked_;
  std::uint64_t lost_when_claimed_ = 0;
  std::optional<std::uint32_t> crowded_;  // a shard with too many entries
  EntryId last_change_;
  EntryId last_command_;
  bool topics_open_ = false;
  bool is_connected_ = false;
  bool is_answered_ = true;  // what was sent last
  bus::Signal signal_;
  std::chrono::milliseconds safe_after_;

  mutable std::mutex mutex_;  // of what follows
  bus::Outbox outbox_;
  Outgoing<contract::Changes> changes_;
  Outgoing<model::Command> commands_;
  std::map<model::SourceId, model::Cursor> kept_;
  std::uint64_t sent_again_ = 0;
  bool sending_ = false;  // the sender will look again by itself
};

}  // namespace davylamp::redis
