// The process role: takes observations, applies the rules, commits, then tells.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "app/config.hpp"
#include "app/role.hpp"
#include "contract/bus.hpp"
#include "contract/store.hpp"
#include "core/pipeline.hpp"
#include "enrich/geoip/enricher.hpp"
#include "enrich/geoip/search.hpp"
#include "io/worker.hpp"

namespace davylamp::app {

class Process {
 public:
  struct Dependencies {
    contract::Bus& bus;
    contract::Store& store;
    const base::Clock& clock;
    Log& log;
  };
  Process(Role& role, const Config& config, Dependencies dependencies);
  // Commits what is left. Call after the role has stopped, on any one thread.
  void finish(boost::asio::io_context& loop);

 private:
  io::Task<void> run();
  io::Task<void> consume();
  io::Task<void> publish_and_commit();
  io::Task<void> keep_house();
  void enrich(model::Observation& observation);
  io::Task<void> commit();
  bool commit_is_due();
  void tick(base::Time now);

  Dependencies dependencies_;
  contract::Retention retention_;
  geoip::Enricher enricher_;
  core::Pipeline pipeline_;
  std::uint64_t last_batch_ = 0;
  base::Time committed_at_{};
  base::Time ticked_at_{};
  bool looked_up_ = false;  // places, since the database's pages were given back
  std::unique_ptr<contract::ObservationReader> observations_;
  boost::asio::steady_timer flush_;
  io::Worker<contract::StoreWriter> writer_;
};

}  // namespace davylamp::app
