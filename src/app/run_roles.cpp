#include "app/run_roles.hpp"

#include <unistd.h>

#include <memory>
#include <optional>
#include <string>

#include "app/backends.hpp"
#include "app/collect.hpp"
#include "app/collector_link.hpp"
#include "app/collector_uplink.hpp"
#include "app/log_file.hpp"
#include "app/process.hpp"
#include "app/pulse/pulse.hpp"
#include "app/serve.hpp"
#include "app/shard_keeper.hpp"
#include "app/stop.hpp"
#include "io/system_clock.hpp"
#include "io/system_zones.hpp"
#include "store/sqlite/daemon_lock.hpp"

namespace davylamp::app {
namespace {

// Unlike that of every other daemon, and of this one's next start.
std::string worker_name(const Config& config, base::Time now) {
  return config.node.name + "/" + std::to_string(::getpid()) + "/" + std::to_string(now.time_since_epoch().count());
}

std::size_t count_sources(const SourceConfig& source) {
  return source.openvpn.size() + source.wireguard.size() + source.ipsec.size() + source.watch.size() +
         source.firewall.size();
}

// Declared in the order of need: what is used outlives what uses it.
class Running {
 public:
  Running(const ConfigReading& reading, const Roles& roles, std::string_view version, std::ostream& err)
      : config_(reading.config), roles_(roles), version_(version) {
    if (config_.log.file) log_file_.emplace(*config_.log.file, config_.log.max_bytes);
    log_.emplace(log_file_ ? *log_file_ : err, clock_, config_.log.level);
    for (const auto& note : reading.notes) log_->info(note);
    if (uses_store()) {
      if (!config_.store.url) lock_.emplace(config_.store.path);
      store_ = open_store(config_);
    }
    const auto failed = [this] { stop_.fail(); };
    if (delivers_only(config_, roles_)) {
      uplink_role_.emplace("uplink", *log_, failed);
      uplink_ = std::make_unique<CollectorUplink>(*uplink_role_, config_, clock_, *log_, version_);
    } else {
      own_bus_ = open_bus(config_, [this](const std::string& text) { log_->warning(text); });
    }
    bus_ = uplink_ ? &uplink_->bus() : own_bus_.get();
    pulse_.emplace(pulse_path(config_.node.state_directory), clock_, [this] { return bus_->trouble(); });
    if (roles_.serve) open_serve(failed);
    if (roles_.process) open_process(failed);
    if (listens_apart()) {
      uplink_role_.emplace("uplink", *log_, failed);
      collectors_ = open_collectors(*uplink_role_);
    }
    if (roles_.collect && config_.node.collector == Collector::daemon) {
      collect_role_.emplace("collect", *log_, failed);
      collect_ = std::make_unique<Collect>(
          *collect_role_, config_, Collect::Dependencies{*bus_, clock_, zones_, *log_, config_.node.state_directory});
    }
  }

  // Started from the viewer's end and stopped from the source's end, so that nothing is emitted into a void.
  int run() {
    for (auto* role : {&serve_role_, &process_role_, &uplink_role_, &collect_role_}) {
      if (!*role) continue;
      (*role)->scope().spawn("pulse", pulse_->beat((*role)->name()));
      (*role)->start();
    }
    log_->info(greeting());
    stop_.wait();
    log_->info("stopping");
    if (collect_role_) collect_role_->stop();
    if (uplink_) uplink_->say_farewell();
    if (uplink_role_) uplink_role_->stop();
    if (uplink_) uplink_->finish();
    if (process_role_) process_role_->stop();
    if (process_) process_->finish(process_role_->loop());
    if (keeper_) keeper_->finish();
    if (serve_role_) serve_role_->stop();
    return stop_.failed() ? 1 : 0;
  }

 private:
  bool uses_store() const { return roles_.process || roles_.serve; }
  // Collectors of this or other hosts are taken in where the bus keeps what they say: no need to know what is stored.
  bool listens_apart() const { return shares_bus(config_) && uses_store() && awaits_collectors(config_); }

  void open_serve(const std::function<void()>& failed) {
    serve_role_.emplace("serve", *log_, failed);
    serve_ = std::make_unique<Serve>(
        *serve_role_, config_,
        Serve::Dependencies{*bus_, *store_, clock_, zones_, *log_, std::string(version_), open_journal(config_),
                            open_shared_buckets(config_, serve_role_->loop().get_executor())});
  }

  void open_process(const std::function<void()>& failed) {
    process_role_.emplace("process", *log_, failed);
    if (auto leases = store_->leases()) {
      ShardKeeper::Dependencies needs{*bus_,
                                      *store_,
                                      clock_,
                                      zones_,
                                      *log_,
                                      std::string(version_),
                                      worker_name(config_, clock_.now()),
                                      std::move(leases),
                                      [this] { return open_journal(config_); }};
      if (!shares_bus(config_) && awaits_collectors(config_))
        needs.collectors = [this](Role& role) { return open_collectors(role); };
      keeper_ = std::make_unique<ShardKeeper>(*process_role_, config_, std::move(needs));
      return;
    }
    if (awaits_collectors(config_)) collectors_ = open_collectors(*process_role_);
    process_ =
        std::make_unique<Process>(*process_role_, config_,
                                  Process::Dependencies{*bus_, *store_, clock_, zones_, *log_, std::string(version_),
                                                        open_journal(config_), collectors_.get()});
  }

  std::unique_ptr<CollectorLink> open_collectors(Role& role) {
    return std::make_unique<CollectorLink>(
        role, config_, CollectorLink::Dependencies{*bus_, clock_, *log_, std::string(version_), store_.get()});
  }

  std::string greeting() const {
    std::string text = "Davylamp " + std::string(version_);
    text += serve_ ? " is on " + serve_->url() : " runs";
    if (!roles_.all()) text += roles_.process ? (roles_.collect ? ", collects and works" : ", works") : "";
    const auto count = count_sources(config_.source);
    if (roles_.collect) text += ", with " + std::to_string(count) + (count == 1 ? " source" : " sources");
    if (roles_.collect && config_.node.collector == Collector::agent) text += " at its collector";
    return text;
  }

  const Config& config_;
  Roles roles_;
  std::string_view version_;
  io::SystemClock clock_;
  io::SystemZones zones_;
  std::optional<LogFile> log_file_;
  std::optional<Log> log_;
  std::optional<sqlite::DaemonLock> lock_;
  Stop stop_;
  std::unique_ptr<contract::Store> store_;
  std::unique_ptr<contract::Bus> own_bus_;
  contract::Bus* bus_ = nullptr;
  std::optional<Pulse> pulse_;
  std::optional<Role> serve_role_;
  std::optional<Role> process_role_;
  std::optional<Role> uplink_role_;
  std::optional<Role> collect_role_;
  std::unique_ptr<CollectorUplink> uplink_;
  std::unique_ptr<Serve> serve_;
  std::unique_ptr<CollectorLink> collectors_;
  std::unique_ptr<Process> process_;
  std::unique_ptr<ShardKeeper> keeper_;
  std::unique_ptr<Collect> collect_;
};

}  // namespace

int run_roles(const ConfigReading& reading, const Roles& roles, std::string_view version, std::ostream& err) {
  return Running(reading, roles, version, err).run();
}

}  // namespace davylamp::app
