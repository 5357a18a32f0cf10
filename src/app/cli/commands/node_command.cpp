#include "api/dto/nodes.hpp"
#include "app/cli/daemon.hpp"
#include "app/cli/quantities.hpp"
#include "app/cli/text_table.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

std::string node_path(const std::string& name) {
  return "/api/v1/nodes/" + percent_encoded(name);
}

std::string skew_text(const std::optional<std::int64_t>& skew_ms) {
  if (!skew_ms) return "";
  return std::string(*skew_ms < 0 ? "-" : "+") + std::to_string(std::abs(*skew_ms)) + " ms";
}

std::string list_text(const api::NodeList& list, base::Time now) {
  if (list.items.empty()) return "No node is enrolled; davylamp node enrol NAME lets one deliver here.\n";
  TextTable table({{"NODE"}, {"CONNECTED TO"}, {"SEEN"}, {"VERSION"}, {"CLOCK", Align::right}, {"ENROLLED"}, {"BY"}});
  for (const auto& node : list.items) {
    table.add({node.name, node.connected_to.value_or("nobody"),
               node.last_seen_at ? span_text(now - *node.last_seen_at) + " ago" : "never", node.version.value_or(""),
               skew_text(node.skew_ms), time_text(node.enrolled_at), node.enrolled_by});
  }
  return table.to_string();
}

// Where collectors find this daemon, as far as its configuration tells it.
std::string port_of(const Config& config) {
  const auto listen = config.uplink.listen.value_or("0.0.0.0:7443");
  return listen.substr(listen.rfind(':') + 1);
}

}  // namespace

int run_node_enrol(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "node enrol: needs one NAME");
  const auto& name = call.arguments.names.front();
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto issued =
      Daemon::read<api::IssuedNodeToken>(Daemon(call, *config).ask({"POST", node_path(name) + "/enrol", "{}"}));
  if (call.json) {
    call.world.out << base::json::write(issued) << "\n";
    return exit_ok;
  }
  const auto shown = base::printable(name);
  call.world.out << base::printable(issued.token) << "\n";
  call.world.err << "Shown this once: only its hash is kept. On that host, write it into a file that only the\n"
                    "collector may read, and this into /etc/davylamp/davylamp.toml:\n\n"
                    "    [node]\n    name = \""
                 << shown << "\"\n\n    [uplink]\n    connect = \"THIS_HOST:" << port_of(*config)
                 << "\"\n    token_file = \"/etc/davylamp/uplink-token\"\n"
                    "    fingerprint = \"...\"   # davylampd logs it when it starts; or ca_file = \"...\"\n\n"
                    "then: systemctl enable --now davylamp-agent\n";
  if (!config->uplink.listen)
    call.world.err << "\nThis daemon does not listen for collectors yet: set listen = \"0.0.0.0:7443\" in [uplink].\n";
  return exit_ok;
}

int run_node_list(const Call& call) {
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto list = Daemon(call, *config).get<api::NodeList>("/api/v1/nodes");
  call.world.out << (call.json ? base::json::write(list) + "\n" : list_text(list, call.world.clock.now()));
  return exit_ok;
}

int run_node_remove(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "node remove: needs one NAME");
  const auto& name = call.arguments.names.front();
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  Daemon(call, *config).ask({"DELETE", node_path(name), ""});
  if (call.json) {
    call.world.out << "{\"removed_node\":" << base::json::write(name) << "}\n";
  } else {
    call.world.out << base::printable(name) << " is removed; its collector is sent away within seconds\n";
  }
  return exit_ok;
}

}  // namespace davylamp::app
