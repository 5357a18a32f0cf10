#include <algorithm>

#include "api/types_writer.hpp"
#include "app/cli/command.hpp"
#include "app/config/reachable.hpp"
#include "app/config/reference.hpp"
#include "app/decode/decode.hpp"
#include "app/discover/report.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

struct CheckReport {
  bool ok = false;
  std::vector<std::string> problems;
  std::vector<std::string> notices;
};
BOOST_DESCRIBE_STRUCT(CheckReport, (), (ok, problems, notices))

void tell(const Call& call, const CheckReport& report) {
  for (const auto& problem : report.problems) call.world.err << "davylamp: " << base::printable(problem) << "\n";
  for (const auto& notice : report.notices) call.world.err << "davylamp: note: " << base::printable(notice) << "\n";
  if (report.ok) call.world.out << base::printable(call.config_path) << " is in order\n";
}

}  // namespace

int run_discover(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "discover: takes no names");
  const bool toml = call.arguments.has("--toml");
  if (toml && call.json) return usage_error(call, "discover: --toml and --json contradict each other");
  const auto discovery = find_all(call.world.root);
  call.world.out << (call.json ? discovery_json(discovery)
                     : toml    ? discovery_toml(discovery)
                               : discovery_text(discovery));
  return found_usable(discovery) ? exit_ok : exit_none;
}

int run_decode_command(const Call& call) {
  return run_decode(call.words, call.world.in, call.world.out, call.world.err);
}

int run_check(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "check: takes no names");
  const auto reading = load_config(call.config_path, call.world.environment);
  CheckReport report{false, reading.problems, reading.notes};
  if (reading.problems.empty()) {
    for (const auto& [severity, text] : check_reachable(reading.config, call.world.clock.now())) {
      (severity == Severity::problem ? report.problems : report.notices).push_back(text);
    }
  }
  report.ok = report.problems.empty();
  if (call.arguments.has("--dump") && reading.problems.empty()) {
    call.world.out << to_toml(reading.config);
    report.ok = false;  // the dump stands alone on standard output
    tell(call, report);
    return report.problems.empty() ? exit_ok : exit_usage;
  }
  if (call.json) {
    call.world.out << base::json::write(report) << "\n";
  } else {
    tell(call, report);
  }
  return report.ok ? exit_ok : exit_usage;
}

int run_dev_types(const Call& call) {
  call.world.out << api::typescript_types();
  return exit_ok;
}

int run_dev_config_reference(const Call& call) {
  call.world.out << config_reference();
  return exit_ok;
}

int run_version(const Call& call) {
  if (call.json) {
    call.world.out << "{\"name\":\"davylamp\",\"version\":" << base::json::write(call.world.version) << "}\n";
  } else {
    call.world.out << "davylamp " << call.world.version << "\n";
  }
  return exit_ok;
}

}  // namespace davylamp::app
