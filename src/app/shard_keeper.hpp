// Which shards this worker has: takes them by lease, runs a Process for each, gives back what is more than its share
// and stops what it lost. See contract/shard_leases.hpp.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "app/config.hpp"
#include "app/role.hpp"
#include "base/zone.hpp"
#include "contract/bus.hpp"
#include "contract/heartbeat_journal.hpp"
#include "contract/store.hpp"
#include "io/worker.hpp"

namespace davylamp::app {

class CollectorLink;
class Process;

class ShardKeeper {
 public:
  struct Dependencies {
    contract::Bus& bus;
    contract::Store& store;
    const base::Clock& clock;
    const base::Zones& zones;
    Log& log;
    std::string version;
    std::string worker;  // unlike every other worker's, and every earlier one's
    std::unique_ptr<contract::ShardLeases> leases;
    std::function<std::unique_ptr<contract::HeartbeatJournal>()> journal;
    // Who must know what is stored, on the shard's role; empty where the bus itself keeps what collectors deliver.
    std::function<std::unique_ptr<CollectorLink>(Role&)> collectors{};
  };
  // Keeps its leases on `role`; each shard has a thread of its own.
  ShardKeeper(Role& role, const Config& config, Dependencies dependencies);
  ~ShardKeeper();
  ShardKeeper(const ShardKeeper&) = delete;
  ShardKeeper& operator=(const ShardKeeper&) = delete;

  // After the role stopped: commits what is left of every shard and gives all leases back. Once.
  void finish();

 private:
  // A shard at work. Made and destroyed on other threads than the keeper's: its first look into the store and its last
  // commit may take longer than a lease.
  struct Part {
    contract::HeldShard held;
    std::unique_ptr<Role> role;
    std::unique_ptr<CollectorLink> collectors;
    std::unique_ptr<Process> process;
    std::string trouble;  // why there is no process
    // Stops it; with `commits` what is left is written first. Why that could not be, empty: it was.
    std::string end(bool commits);
    Part();
    Part(Part&&) noexcept;
    ~Part();
  };
  enum class Farewell { commits, lost };

  io::Task<void> run();
  io::Task<void> leave();
  io::Task<void> give_back(contract::HeldShard shard);
  void follow(const contract::LeaseAnswer& answer);
  void begin(const contract::HeldShard& held);
  void make(Part& part);
  void begun(Part& part);
  void let_go(std::uint32_t index, Farewell farewell);
  void ended(const contract::HeldShard& held, Farewell farewell, const std::string& trouble);
  void complain(const std::string& text);

  Role& role_;
  const Config& config_;
  Dependencies dependencies_;
  std::uint32_t shards_;
  base::Milliseconds life_;
  io::Worker<contract::ShardLeases> leases_;
  std::map<std::uint32_t, Part> parts_;
  std::map<std::uint32_t, std::thread> beginning_;
  std::map<std::uint32_t, std::thread> ending_;
  bool finishing_ = false;
  std::string complaint_;
  std::uint32_t workers_ = 0;
};

}  // namespace davylamp::app
