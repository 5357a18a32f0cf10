// Looks at the tunnel from inside, as often as each kind of test is worth.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "io/task.hpp"
#include "model/heartbeat.hpp"
#include "probe/host_network.hpp"
#include "probe/http_client.hpp"
#include "probe/lookups.hpp"
#include "probe/path_prober.hpp"

namespace davylamp::probe {

// One heartbeat after another. Interfaces and routes are in each; the exit and the resolver are tested at first, every
// `look_up_every`, as soon as the way out may have changed, and sooner again while the answers do not agree; paths
// every `measure_every`. What was not tested is absent in the heartbeat. Belongs to one loop; must outlive its tasks.
class Inspector {
 public:
  struct Options {
    std::vector<LookupSource> lookups;
    std::vector<PathTarget> targets;
    std::optional<std::string> tunnel;
    bool resolver_check = true;
    bool whoami = true;
    std::vector<std::string> resolvers;  // empty: those of /etc/resolv.conf
    std::optional<std::string> canary_zone;
    base::Seconds look_up_every{900};
    base::Seconds measure_every{300};
    ProbeRow row;
    std::string version;
  };
  Inspector(boost::asio::any_io_executor executor, HttpClient& http, HostNetworkReader& network, Options options);

  // Takes up to ten seconds and a little; never throws but when it is cancelled. The caller says when it was measured,
  // and what the interval is.
  io::Task<model::Heartbeat> inspect();
  // The interfaces or routes are others than at the last heartbeat: it is time for another. Asks the kernel only.
  bool network_changed();
  // Everything is tested at the next heartbeat.
  void test_again() { wanted_ = true; }
  // The hub's own look-up needs the agent's token; nobody else is shown it.
  void set_hub_token(const WebAddress& hub, const std::string& token);
  // What the hub says; an empty one ends the use of a zone.
  void set_canary_zone(std::string zone);

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  // What makes a way out another one.
  struct Ways {
    std::optional<int> v4;
    std::optional<int> v6;
    int tunnel = 0;
    bool up = false;
    bool operator==(const Ways&) const = default;
  };
  Ways ways_of(const HostNetwork& network) const;
  // Nothing when the kernel does not tell.
  std::optional<HostNetwork> read_network();
  void take_link(const HostNetwork& network, model::Heartbeat& heartbeat);
  std::vector<std::string> resolvers() const;
  void add_exit_tests(const std::optional<HostNetwork>& network, model::Heartbeat& heartbeat,
                      std::vector<io::Task<void>>& tests);
  void plan_next_look_up(const model::Heartbeat& heartbeat, SteadyTime begun);

  HttpClient& http_;
  HostNetworkReader& network_;
  Options options_;
  HostNames names_;
  bool wanted_ = true;
  Ways ways_;
  SteadyTime next_look_up_{};
  SteadyTime next_measure_{};
  base::Seconds again_{60};
  std::optional<model::LinkReport> last_link_;
  SteadyTime last_link_at_{};
};

}  // namespace davylamp::probe
