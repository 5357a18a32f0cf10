// The bus seam: the only thing that two roles share besides the store. Three topics: observations, changes, commands.
// The tests every bus must pass: contract/testing/bus_contract.hpp.
//
// Promises. Observations: in order per source, at least once, acknowledged after the store committed; what was taken
// and not acknowledged comes again to the next subscription. Changes: best effort, in order; a reader that falls behind
// loses the oldest, and is told so. Commands: best effort, in order, to every reader; a reader that falls behind loses
// the oldest, which is counted: who gives a command that matters gives it again until it shows.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "io/task.hpp"
#include "model/change.hpp"
#include "model/command.hpp"
#include "model/house_job.hpp"
#include "model/ledger.hpp"
#include "model/observation.hpp"

namespace davylamp::contract {

using Changes = std::shared_ptr<const std::vector<model::Change>>;

// One role's end of the observations topic. Used on that role's loop only.
class ObservationReader {
 public:
  virtual ~ObservationReader() = default;
  // Waits until there is something, then gives at most `most`. Cancellation ends it with operation_aborted.
  virtual io::Task<std::vector<model::Observation>> next(std::size_t most) = 0;
  // How many observations were given by this reader so far.
  virtual std::uint64_t given() const = 0;
  // The first `count` that this reader gave are done with: they will not come again.
  virtual void acknowledge(std::uint64_t count) = 0;
};

// What a change reader gets: `missed` says that changes before these were lost, so the view must be made anew.
struct ChangeBatch {
  std::vector<Changes> changes;
  bool missed = false;
};

class ChangeReader {
 public:
  virtual ~ChangeReader() = default;
  virtual io::Task<ChangeBatch> next() = 0;
};

class CommandReader {
 public:
  virtual ~CommandReader() = default;
  virtual io::Task<std::vector<model::Command>> next() = 0;
};

// How full a topic is, and what it lost.
struct TopicStats {
  std::uint64_t published = 0;
  std::uint64_t dropped = 0;
  std::uint64_t waiting = 0;
};

// Publishing is safe from any thread, never blocks and never throws. Readers belong to the loop they were made for and
// must be destroyed before the bus.
class Bus {
 public:
  virtual ~Bus() = default;
  virtual void publish(model::Observation observation) = 0;
  virtual void publish(Changes changes) = 0;
  virtual void publish(model::Command command) = 0;
  // Of one shard, whose index this is; one reader of a shard at a time. A bus within one process has one shard.
  virtual std::unique_ptr<ObservationReader> observations(boost::asio::any_io_executor executor,
                                                          std::uint32_t shard = 0) = 0;
  virtual std::unique_ptr<ChangeReader> changes(boost::asio::any_io_executor executor) = 0;
  virtual std::unique_ptr<CommandReader> commands(boost::asio::any_io_executor executor) = 0;
  // The newest observation of each source up to which everything that was published here is safe on the bus itself,
  // since the last call; nothing on a bus that keeps nothing: there only what is committed is safe.
  virtual std::vector<model::Cursor> take_kept() { return {}; }
  virtual TopicStats observation_stats() const = 0;
  virtual TopicStats change_stats() const = 0;
  virtual TopicStats command_stats() const = 0;
  // What else was lost on the way, counted since this began. From any thread.
  virtual std::vector<model::Loss> losses() const { return {}; }
  // Why nothing is carried at the moment: a sentence for people. Nothing while all is well. From any thread.
  virtual std::optional<base::Error> trouble() const { return {}; }
};

}  // namespace davylamp::contract
