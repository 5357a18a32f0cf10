// Reports that wait for the hub, on the disk: they survive a kill and are delivered late.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/heartbeat.hpp"

namespace davylamp::probe {

// A report stays the same however often it is sent: by its agent and measured_at the hub knows it again, and stores it
// once.
struct QueuedReport {
  std::string id;  // "<boot>-<number>"
  // What was added to this host's clock for measured_at.
  std::int64_t clock_offset_milliseconds = 0;
  model::Heartbeat heartbeat;
};
BOOST_DESCRIBE_STRUCT(QueuedReport, (), (id, clock_offset_milliseconds, heartbeat))

// Oldest first; each is a file of its own in `folder`, and is not kept in memory unless the folder cannot be written.
// When there are too many the oldest go, and are counted. Belongs to one thread; blocks for as long as a small file
// takes.
class ReportQueue {
 public:
  struct Limits {
    std::size_t reports = 1'000;
    std::size_t bytes = 4'000'000;
  };
  // Takes over what an earlier run left in `folder`. `boot` tells this run from others.
  ReportQueue(std::string folder, std::string boot, Limits limits);
  ReportQueue(std::string folder, std::string boot) : ReportQueue(std::move(folder), std::move(boot), Limits{}) {}

  // Error "unwritable": it is in memory only, and is lost with the program.
  base::Result<void> add(const model::Heartbeat& heartbeat, base::Milliseconds clock_offset);
  // The oldest, at most `most`, and together not more than about `most_bytes` of JSON (one at least). Files that cannot
  // be read are dropped.
  std::vector<QueuedReport> oldest(std::size_t most, std::size_t most_bytes);
  // The hub has it, or will never take it.
  void remove(const std::string& id);

  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const { return bytes_; }
  // Reports that were dropped for want of room, or could not be read again, since the start.
  std::uint64_t dropped() const { return dropped_; }
  void count_dropped() { ++dropped_; }

 private:
  struct Entry {
    std::uint64_t number = 0;
    std::size_t size = 0;
    std::optional<std::string> text;  // only when there is no file
    std::string id;                   // known once it was written or read here
  };
  void take_over();
  void drop_oldest();
  std::optional<QueuedReport> read(Entry& entry);
  std::string path_of(std::uint64_t number) const;

  std::string folder_;
  std::string boot_;
  Limits limits_;
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
  std::uint64_t next_ = 1;
  std::uint64_t dropped_ = 0;
};

}  // namespace davylamp::probe
