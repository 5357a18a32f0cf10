// What the process role does beside the ledger, on a schedule: forgetting what is old, tidying the store, backups.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/log.hpp"
#include "contract/bus.hpp"
#include "contract/store.hpp"
#include "io/worker.hpp"

namespace davylamp::app {

// On the process role's loop. Jobs run one at a time, in slices, so that commits go on between them. Each result is
// stored, told as a change, and logged when it is not good.
class House {
 public:
  struct Dependencies {
    io::Worker<contract::StoreWriter>& writer;
    contract::Store& store;  // for what must not stand in the writer's way
    contract::Bus& bus;
    const base::Clock& clock;
    Log& log;
  };
  House(const Config& config, Dependencies dependencies);

  // Until cancelled.
  io::Task<void> run();
  // Makes a job due. False when there is none of that name.
  bool hurry(std::string_view name);
  // How writing itself fares, shown among the jobs as "store".
  void store_is(base::Time now, bool ok, std::string text);
  // All jobs again, as changes: for a view that is made anew.
  void tell_all() const;

 private:
  struct Job {
    model::HouseJob state;
    base::Seconds every;
    std::function<io::Task<std::string>(House&)> work;
  };
  void add(std::string name, base::Seconds every, std::function<io::Task<std::string>(House&)> work);
  io::Task<void> remember();
  io::Task<void> run_one(Job& job);
  void tell(const model::HouseJob& state) const;
  io::Task<std::string> forget();
  io::Task<std::string> vacuum();
  io::Task<std::string> back_up();

  Dependencies dependencies_;
  contract::Retention retention_;
  StoreConfig store_;
  std::vector<Job> jobs_;
  std::optional<model::HouseJob> writing_;  // once it failed
};

}  // namespace davylamp::app
