// Changes and commands that come from Redis, to every reader of this process.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/time.hpp"
#include "bus/broadcast.hpp"
#include "bus/redis/site.hpp"
#include "contract/bus.hpp"

namespace davylamp::redis {

// Which entries of a topic were lost: every publisher numbers its own. A publisher that is seen for the first time has
// lost nothing; what was sent twice is told from it.
class Numbers {
 public:
  enum class Found { next, repeated, after_a_gap };
  Found see(const std::string& publisher, std::uint64_t number);

 private:
  std::map<std::string, std::uint64_t> last_;
};

class Fanout {
 public:
  struct Limits {
    std::size_t changes = 256;     // for each reader
    std::size_t commands = 4'096;  // for each reader
  };
  struct Losses {
    std::uint64_t foreign = 0;  // entries that cannot be read
    std::uint64_t expired = 0;  // commands that came too late
    std::uint64_t gaps = 0;     // how often changes of others were missing
  };
  // `site` and `clock` must outlive this.
  Fanout(Site& site, const base::Clock& clock, const Limits& limits);

  // From any thread.
  std::unique_ptr<contract::ChangeReader> changes(boost::asio::any_io_executor executor);
  std::unique_ptr<contract::CommandReader> commands(boost::asio::any_io_executor executor);
  contract::TopicStats change_stats() const { return changes_.stats(); }
  contract::TopicStats command_stats() const { return commands_.stats(); }
  Losses losses() const;

  // On the loop of the bus. One connection, until it fails: throws Failure. `connected` is told each time when it is
  // known from where on we read.
  io::Task<void> run(std::function<void()> connected);

 private:
  using Steady = std::chrono::steady_clock;
  // The latest whole lists, for a reader that comes later: until they are this old.
  struct List {
    model::Command command;
    Steady::time_point at;
  };
  using ListName = std::pair<std::size_t, std::uint32_t>;  // which list, of which shard
  io::Task<void> find_beginning(Connection& connection);
  void see_life();
  void take(StreamEntries& stream);
  void take_changes(Entry& entry);
  void take_command(Entry& entry, bool is_old);
  void remember(const model::Command& command);

  Site& site_;
  const base::Clock& clock_;
  bus::Broadcast<contract::Changes> changes_;
  bus::Broadcast<model::Command> commands_;
  std::atomic<bool> reads_changes_ = false;
  std::atomic<std::uint64_t> foreign_ = 0;
  std::atomic<std::uint64_t> expired_ = 0;
  std::atomic<std::uint64_t> gaps_ = 0;

  bool began_ = false;
  std::uint64_t seen_lost_ = 0;
  EntryId change_position_;
  EntryId command_position_;
  EntryId began_at_;  // commands up to this one are older than we are
  Numbers change_numbers_;
  Numbers command_numbers_;

  std::mutex lists_mutex_;  // of what follows, and of telling commands
  std::map<ListName, List> lists_;
};

}  // namespace davylamp::redis
