#include "app/division.hpp"

#include "base/text.hpp"

namespace davylamp::app {

base::Result<Roles> parse_roles(const std::vector<std::string>& names) {
  if (names.empty()) return Roles{};
  Roles roles{false, false, false};
  for (const auto& name : names) {
    if (name == "collect") {
      roles.collect = true;
    } else if (name == "process") {
      roles.process = true;
    } else if (name == "serve") {
      roles.serve = true;
    } else {
      return base::fail("role", "\"" + base::printable(name) + "\" is no role; there are collect, process and serve");
    }
  }
  return roles;
}

bool shares_bus(const Config& config) {
  return config.bus.url != "loopback:";
}

std::uint32_t shard_count(const Config& config) {
  return shares_bus(config) ? config.bus.shards : 1;
}

bool awaits_collectors(const Config& config) {
  return config.node.collector == Collector::agent || config.uplink.listen;
}

model::SourceId journal_source(const Config& config) {
  return {config.store.url ? "hub" : config.node.name, "hub", "journal"};
}

bool delivers_only(const Config& config, const Roles& roles) {
  return roles == Roles{true, false, false} && !shares_bus(config) && config.uplink.connect;
}

std::string why_not_apart(const Config& config, const Roles& roles) {
  if (!roles.all() && !shares_bus(config) && !delivers_only(config, roles)) {
    return "roles run apart only where they can meet: set bus.url to a Redis (\"redis://...\"), or give this daemon "
           "all "
           "three; a collector may also deliver to another daemon with uplink.connect";
  }
  if (shares_bus(config) && !config.store.url && (roles.process || roles.serve)) {
    return "several daemons on one bus need a store that they share: set store.url to a PostgreSQL database";
  }
  return {};
}

}  // namespace davylamp::app
