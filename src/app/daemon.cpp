#include "app/daemon.hpp"

#include <optional>

#include "app/backends.hpp"
#include "app/collect.hpp"
#include "app/config/reachable.hpp"
#include "app/first_rules.hpp"
#include "app/log_file.hpp"
#include "app/process.hpp"
#include "app/serve.hpp"
#include "app/stop.hpp"
#include "io/supervise.hpp"
#include "io/system_clock.hpp"
#include "io/system_zones.hpp"
#include "store/sqlite/daemon_lock.hpp"

namespace davylamp::app {
namespace {

constexpr std::string_view usage =
    "usage: davylampd [--config FILE] [--check | --dump]\n"
    "  --config FILE  the configuration (default /etc/davylamp/davylamp.toml)\n"
    "  --check        say what is wrong with the configuration and what cannot be reached; exit 0 or 2\n"
    "  --dump         print the configuration in force, defaults included\n"
    "  --version      print the version\n";

enum class Action { run, check, dump, version, help };

struct Arguments {
  Action action = Action::run;
  std::string config_path{default_config_path};
};

std::optional<Arguments> parse(std::span<const std::string_view> arguments, std::ostream& err) {
  Arguments parsed;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto argument = arguments[i];
    if (argument == "--config" && i + 1 < arguments.size()) {
      parsed.config_path = arguments[++i];
    } else if (argument == "--check") {
      parsed.action = Action::check;
    } else if (argument == "--dump") {
      parsed.action = Action::dump;
    } else if (argument == "--version") {
      parsed.action = Action::version;
    } else if (argument == "--help" || argument == "-h") {
      parsed.action = Action::help;
    } else {
      err << "davylampd: " << argument << ": " << (argument == "--config" ? "needs a file" : "unknown argument")
          << "; see davylampd --help\n";
      return std::nullopt;
    }
  }
  return parsed;
}

int say_problems(const std::vector<std::string>& problems, std::ostream& err) {
  for (const auto& problem : problems) err << "davylampd: " << problem << '\n';
  return problems.empty() ? 0 : 2;
}

int say_findings(const std::vector<Finding>& findings, std::ostream& err) {
  int code = 0;
  for (const auto& [severity, text] : findings) {
    err << "davylampd: " << (severity == Severity::notice ? "note: " : "") << text << '\n';
    if (severity == Severity::problem) code = 2;
  }
  return code;
}

// Declared in the order of need: what is used outlives what uses it. Started from the viewer's end and stopped from the
// source's end, so that nothing is emitted into a void.
int run_roles(const ConfigReading& reading, std::string_view version, std::ostream& err) {
  const auto& config = reading.config;
  const io::SystemClock clock;
  const io::SystemZones zones;
  std::optional<LogFile> log_file;
  if (config.log.file) log_file.emplace(*config.log.file, config.log.max_bytes);
  Log log(log_file ? *log_file : err, clock, config.log.level);
  for (const auto& note : reading.notes) log.info(note);
  const sqlite::DaemonLock lock(config.store.path);
  Stop stop;
  const auto failed = [&stop] { stop.fail(); };
  const auto store = open_store(config);
  lay_down_first_rules(*store, clock.now());
  const auto bus = open_bus(config);
  Role serve_role("serve", log, failed);
  Role process_role("process", log, failed);
  Role collect_role("collect", log, failed);
  Serve serve(serve_role, config, {*bus, *store, clock, zones, log, std::string(version), open_journal(config)});
  Process process(process_role, config, {*bus, *store, clock, zones, log, std::string(version), open_journal(config)});
  std::optional<Collect> collect;
  if (config.node.collector == Collector::daemon)
    collect.emplace(collect_role, config, Collect::Dependencies{*bus, clock, zones, log, config.node.state_directory});
  serve_role.start();
  process_role.start();
  collect_role.start();
  const auto& source = config.source;
  const auto count = source.openvpn.size() + source.wireguard.size() + source.ipsec.size() + source.watch.size() +
                     source.firewall.size();
  log.info("Davylamp " + std::string(version) + " is on " + serve.url() + ", with " + std::to_string(count) +
           (count == 1 ? " source" : " sources") + (config.node.collector == Collector::agent ? " at its agent" : ""));
  stop.wait();
  log.info("stopping");
  collect_role.stop();
  process_role.stop();
  process.finish(process_role.loop());
  serve_role.stop();
  return stop.failed() ? 1 : 0;
}

}  // namespace

int run_daemon(std::span<const std::string_view> arguments, std::string_view version, std::ostream& out,
               std::ostream& err) {
  const auto parsed = parse(arguments, err);
  if (!parsed) return 2;
  if (parsed->action == Action::help) {
    out << usage;
    return 0;
  }
  if (parsed->action == Action::version) {
    out << "davylampd " << version << '\n';
    return 0;
  }
  const auto reading = load_config(parsed->config_path, config_environment());
  if (!reading.problems.empty()) return say_problems(reading.problems, err);
  if (parsed->action == Action::dump) {
    out << to_toml(reading.config);
    return 0;
  }
  const auto findings = check_reachable(reading.config);
  const int checked = say_findings(findings, err);
  if (parsed->action == Action::check || checked != 0) return checked;
  try {
    return run_roles(reading, version, err);
  } catch (...) {
    err << "davylampd: " << io::error_of(std::current_exception()).message << '\n';
    return 1;
  }
}

}  // namespace davylamp::app
