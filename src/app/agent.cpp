#include "app/agent.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <ostream>

#include "app/collect.hpp"
#include "app/collector_uplink.hpp"
#include "app/config/reachable.hpp"
#include "app/log_file.hpp"
#include "app/stop.hpp"
#include "app/tunnel_agent/options.hpp"
#include "app/tunnel_agent/tunnel_agent.hpp"
#include "io/supervise.hpp"
#include "io/system_clock.hpp"
#include "io/system_zones.hpp"

namespace davylamp::app {
namespace {

constexpr std::string_view usage =
    "usage: davylamp-agent --hub URL [option]...\n"
    "Looks at a tunnel from inside it, and reports to a davylampd.\n";
constexpr std::string_view local_usage =
    "usage: davylamp-agent --local [--config FILE] [--state-directory FOLDER]\n"
    "Looks at this host's VPN servers for a davylampd: the one of this host, whose configuration has\n"
    "collector = \"agent\"; or that of another host, which [uplink] connect names.\n"
    "  --local                   look at this host\n"
    "  --config FILE             the configuration, the same as davylampd's (default /etc/davylamp/davylamp.toml)\n"
    "  --state-directory FOLDER  where to keep what must be remembered (default: node.state_directory)\n"
    "  --version                 print the version\n";

enum class Action { run, version, help };

struct Arguments {
  Action action = Action::run;
  bool local = false;
  std::string config_path{default_config_path};
  std::optional<std::string> state_directory;
};

std::optional<Arguments> parse(std::span<const std::string_view> arguments, std::ostream& err) {
  Arguments parsed;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto argument = arguments[i];
    const bool more = i + 1 < arguments.size();
    if (argument == "--local") {
      parsed.local = true;
    } else if (argument == "--config" && more) {
      parsed.config_path = arguments[++i];
    } else if (argument == "--state-directory" && more) {
      parsed.state_directory = std::string(arguments[++i]);
    } else if (argument == "--version") {
      parsed.action = Action::version;
    } else if (argument == "--help" || argument == "-h") {
      parsed.action = Action::help;
    } else {
      err << "davylamp-agent: " << argument << ": unknown, or its value is missing; see davylamp-agent --help\n";
      return std::nullopt;
    }
  }
  return parsed;
}

// `fences_in`: where davylamp geofence keeps its own.
int collect_here(const ConfigReading& reading, const std::string& fences_in, std::string_view version,
                 std::ostream& err) {
  const auto& config = reading.config;
  const io::SystemClock clock;
  const io::SystemZones zones;
  Log log(err, clock, config.log.level);
  for (const auto& [severity, text] : check_sources(config, clock.now())) log.warning(text);
  for (const auto& [severity, text] : check_uplink(config, clock.now())) log.warning(text);
  Stop stop;
  const auto failed = [&stop] { stop.fail(); };
  Role uplink_role("uplink", log, failed);
  Role collect_role("collect", log, failed);
  CollectorUplink uplink(uplink_role, config, clock, log, version);
  Collect collect(collect_role, config, {uplink.bus(), clock, zones, log, fences_in});
  uplink_role.start();
  collect_role.start();
  log.info("davylamp-agent " + std::string(version) + " looks at the VPN servers of node " + config.node.name);
  stop.wait();
  log.info("stopping");
  collect_role.stop();
  uplink.say_farewell();
  uplink_role.stop();
  uplink.finish();
  return stop.failed() ? 1 : 0;
}

int run_in_tunnel(std::span<const std::string_view> arguments, std::string_view version, std::ostream& out,
                  std::ostream& err) {
  try {
    return run_tunnel_agent(arguments, version, out, err);
  } catch (...) {
    err << "davylamp-agent: " << io::error_of(std::current_exception()).message << '\n';
    return 1;
  }
}

int run(const Arguments& arguments, std::string_view version, std::ostream& err) {
  auto reading = load_config(arguments.config_path, config_environment());
  for (const auto& problem : reading.problems) err << "davylamp-agent: " << problem << '\n';
  if (!reading.problems.empty()) return 2;
  auto& node = reading.config.node;
  if (node.collector != Collector::agent && !reading.config.uplink.connect) {
    err << "davylamp-agent: " << arguments.config_path
        << ": node.collector is \"daemon\": davylampd looks at the servers itself, and two would disturb each other; "
           "set collector = \"agent\" in [node] and start davylampd again\n";
    return 2;
  }
  // The two meet where the configuration says, wherever this one keeps its own.
  node.agent_socket = agent_socket_path(reading.config);
  const auto fences_in = node.state_directory;
  if (arguments.state_directory) node.state_directory = *arguments.state_directory;
  return collect_here(reading, fences_in, version, err);
}

}  // namespace

int run_agent(std::span<const std::string_view> arguments, std::string_view version, std::ostream& out,
              std::ostream& err) {
  constexpr std::array<std::string_view, 4> of_the_collector{"--local", "--version", "--help", "-h"};
  if (std::ranges::find_first_of(arguments, of_the_collector) == arguments.end())
    return run_in_tunnel(arguments, version, out, err);
  const auto parsed = parse(arguments, err);
  if (!parsed) return 2;
  if (parsed->action == Action::help) {
    out << usage << tunnel_agent_usage() << '\n' << local_usage;
    return 0;
  }
  if (parsed->action == Action::version) {
    out << "davylamp-agent " << version << '\n';
    return 0;
  }
  try {
    return run(*parsed, version, err);
  } catch (...) {
    err << "davylamp-agent: " << io::error_of(std::current_exception()).message << '\n';
    return 1;
  }
}

}  // namespace davylamp::app
