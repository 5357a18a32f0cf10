#include "app/daemon.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "app/backends.hpp"
#include "app/config/reachable.hpp"
#include "app/division.hpp"
#include "app/pulse/pulse.hpp"
#include "app/run_roles.hpp"
#include "base/text.hpp"
#include "io/supervise.hpp"
#include "io/system_clock.hpp"
#include "store/postgres/store.hpp"

namespace davylamp::app {
namespace {

constexpr std::string_view usage =
    "usage: davylampd [--config FILE] [--roles LIST] [--check | --dump]\n"
    "  --config FILE  the configuration (default /etc/davylamp/davylamp.toml)\n"
    "  --roles LIST   what this daemon does, in place of node.roles: collect, process, serve\n"
    "  --check        say what is wrong with the configuration and what cannot be reached; exit 0 or 2\n"
    "  --alive        exit 0 while a daemon with this configuration runs, 1 otherwise; for probes\n"
    "  --ready        ... and can do its work\n"
    "  --dump         print the configuration in force, defaults included\n"
    "  --version      print the version\n";

enum class Action { run, check, alive, ready, dump, version, help };

struct Arguments {
  Action action = Action::run;
  std::string config_path{default_config_path};
  std::optional<std::vector<std::string>> roles;
};

std::string_view lack_of(std::string_view argument) {
  if (argument == "--config") return "needs a file";
  return argument == "--roles" ? "needs a list such as process,serve" : "unknown argument";
}

std::optional<Arguments> parse(std::span<const std::string_view> arguments, std::ostream& err) {
  Arguments parsed;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto argument = arguments[i];
    if (argument == "--config" && i + 1 < arguments.size()) {
      parsed.config_path = arguments[++i];
    } else if (argument == "--roles" && i + 1 < arguments.size()) {
      const auto names = base::split(arguments[++i], ',');
      parsed.roles.emplace(names.begin(), names.end());
    } else if (argument == "--check") {
      parsed.action = Action::check;
    } else if (argument == "--alive") {
      parsed.action = Action::alive;
    } else if (argument == "--ready") {
      parsed.action = Action::ready;
    } else if (argument == "--dump") {
      parsed.action = Action::dump;
    } else if (argument == "--version") {
      parsed.action = Action::version;
    } else if (argument == "--help" || argument == "-h") {
      parsed.action = Action::help;
    } else {
      err << "davylampd: " << argument << ": " << lack_of(argument) << "; see davylampd --help\n";
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

int say_health(const std::string& state_directory, Action action, std::ostream& err) {
  const auto report = read_pulse(pulse_path(state_directory));
  const auto health = report ? judge(*report, io::SystemClock().now())
                             : Health{.alive = false, .ready = false, .text = report.error().message};
  if (action == Action::alive ? health.alive : health.ready) return 0;
  err << "davylampd: " << base::printable(health.text) << '\n';
  return 1;
}

int try_out_bus(const Config& config, std::ostream& err) {
  if (!shares_bus(config)) return 0;
  const auto tried = redis::try_out(redis_options(config));
  return tried ? 0 : say_problems({"bus.url: " + tried.error().message}, err);
}

int try_out_store(const Config& config, std::ostream& err) {
  if (!config.store.url) return 0;
  try {
    const auto found = postgres::describe(postgres_config(config));
    err << "davylampd: note: " << base::printable(found) << '\n';
    return 0;
  } catch (const base::Failure& failure) {
    return say_problems({"store.url: " + failure.error().message}, err);
  }
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
  auto reading = load_config(parsed->config_path, config_environment());
  if (!reading.problems.empty()) return say_problems(reading.problems, err);
  if (parsed->action == Action::alive || parsed->action == Action::ready)
    return say_health(reading.config.node.state_directory, parsed->action, err);
  if (parsed->roles) reading.config.node.roles = *parsed->roles;
  const auto roles = parse_roles(reading.config.node.roles);
  if (!roles) return say_problems({(parsed->roles ? "--roles: " : "node.roles: ") + roles.error().message}, err);
  if (auto why = why_not_apart(reading.config, *roles); !why.empty()) return say_problems({std::move(why)}, err);
  if (parsed->action == Action::dump) {
    out << to_toml(reading.config);
    return 0;
  }
  const auto findings = check_reachable(reading.config, io::SystemClock().now());
  const int checked = say_findings(findings, err);
  if (checked != 0) return checked;
  try {
    if (parsed->action == Action::check)
      return std::max(try_out_bus(reading.config, err), try_out_store(reading.config, err));
    return run_roles(reading, *roles, version, err);
  } catch (...) {
    err << "davylampd: " << io::error_of(std::current_exception()).message << '\n';
    return 1;
  }
}

}  // namespace davylamp::app
