// The process role, for one shard: takes observations, applies the rules, commits, then tells. Where the work is
// divided app/shard_keeper has one of these for each shard that this worker holds.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "app/bot/bots.hpp"
#include "app/collector_link.hpp"
#include "app/commit_pace.hpp"
#include "app/config.hpp"
#include "app/coverage.hpp"
#include "app/delivery/courier.hpp"
#include "app/heard_sources.hpp"
#include "app/house.hpp"
#include "app/journal_reader.hpp"
#include "app/role.hpp"
#include "base/zone.hpp"
#include "contract/bus.hpp"
#include "contract/store.hpp"
#include "core/pipeline.hpp"
#include "enrich/geoip/enricher.hpp"
#include "io/worker.hpp"

namespace davylamp::app {

class Process {
 public:
  struct Dependencies {
    contract::Bus& bus;
    contract::Store& store;
    const base::Clock& clock;
    const base::Zones& zones;
    Log& log;
    std::string version;
    std::unique_ptr<contract::HeartbeatJournal> journal{};  // null: no agent reports here
    CollectorLink* collectors = nullptr;  // who must know what is stored; on this role's loop, outlives this
    model::Tenure tenure{};
  };
  Process(Role& role, const Config& config, Dependencies dependencies);
  // Commits what is left. Call after the role has stopped, on any one thread.
  void finish(boost::asio::io_context& loop);

 private:
  io::Task<void> run();
  io::Task<void> consume();
  io::Task<void> catch_up(base::Time until = base::Time::max());
  bool is_chief() const { return dependencies_.tenure.shard.is_chief(); }
  std::string losses_of() const;
  bool is_of_stranger(const model::Observation& observation) const;
  void apply(model::Observation observation);
  io::Task<void> look_into_journal(base::Time now);
  io::Task<void> tidy_journal();
  io::Task<void> carry_out_commands();
  void carry_out(const model::Command& command);
  void address(model::Command command, const model::EndSession& order);
  io::Task<void> publish_and_commit();
  io::Task<void> breathe();
  io::Task<void> commit();
  io::Task<void> write(std::shared_ptr<const contract::Batch> batch);
  io::Task<void> load_limits();
  io::Task<void> load_alerting();
  io::Task<void> load_history();
  io::Task<void> load_usage(const std::vector<base::Time>& wanted);
  bool commit_is_due();
  void tick(base::Time now);
  void note_absence(base::Time now);
  void give_orders();
  void tell(std::vector<model::Change> changes);
  void tell_losses();

  Dependencies dependencies_;
  CommitPace pace_;  // of commits that hold counters only
  core::Pipeline pipeline_;
  std::uint64_t last_batch_ = 0;
  std::uint64_t applied_ = 0;  // of what observations_ gave, in its order
  Coverage coverage_;          // how much of that is stored
  base::Time committed_at_{};
  base::Time ticked_at_{};
  base::Time losses_told_at_{};
  base::Time trimmed_at_{};
  base::Time limits_loaded_at_{};
  base::Time usage_read_at_{};
  bool limits_changed_ = true;
  base::Time alerting_loaded_at_{};
  bool agents_changed_ = true;
  bool alerting_changed_ = true;
  bool finishing_ = false;  // there is no later commit that could bring the rest
  std::unique_ptr<contract::ObservationReader> observations_;
  std::unique_ptr<contract::CommandReader> commands_;
  boost::asio::steady_timer flush_;
  io::Worker<contract::StoreWriter> writer_;
  House house_;
  Courier courier_;
  Bots bots_;
  geoip::Enricher enricher_;
  std::optional<HeardSources> heard_;  // where collectors are elsewhere
  std::optional<JournalReader> journal_;
  base::Time journal_seen_at_{};
  std::uint64_t journal_seen_ = 0;  // the last that was applied when it was looked into
  std::uint32_t journal_days_;
  std::vector<model::Cursor> stored_;  // what the last commit covered
};

}  // namespace davylamp::app
