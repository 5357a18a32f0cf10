// Group commit: everything that waits while one transaction is made durable goes into the next.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "contract/heartbeat_journal.hpp"
#include "io/task.hpp"
#include "io/worker.hpp"

namespace davylamp::api {

struct KeeperStats {
  std::uint64_t kept = 0;
  std::uint64_t commits = 0;
  std::uint64_t failed = 0;   // heartbeats whose commit failed: they were not acknowledged
  std::uint64_t refused = 0;  // that did not fit
};

// Everything on one loop. The journal outlives it.
class HeartbeatKeeper {
 public:
  struct Options {
    std::size_t most_waiting = 50'000;
    std::size_t most_per_commit = 10'000;
  };
  // `kept` is told of heartbeats once they are durable, in the order of their numbers.
  using Kept = std::function<void(std::vector<model::Heartbeat>&&)>;
  HeartbeatKeeper(boost::asio::any_io_executor executor, io::Worker<contract::HeartbeatJournal>& journal, Kept kept,
                  Options options);

  // Returns once they are durable. Throws Failure: "overloaded" when too many wait, "journal" when they could not be
  // kept.
  io::Task<void> keep(std::vector<model::Heartbeat> heartbeats);
  // Commits, until cancelled; what waits then fails.
  io::Task<void> run();
  const KeeperStats& stats() const { return stats_; }

 private:
  struct Group;
  io::Task<void> commit(std::shared_ptr<Group> group);
  std::shared_ptr<Group> next_group();

  boost::asio::any_io_executor executor_;
  io::Worker<contract::HeartbeatJournal>& journal_;
  Kept kept_;
  Options options_;
  boost::asio::steady_timer wake_;
  std::vector<std::shared_ptr<Group>> gathering_;  // the last one is being filled
  std::size_t waiting_ = 0;
  bool stopped_ = false;
  KeeperStats stats_;
};

}  // namespace davylamp::api
