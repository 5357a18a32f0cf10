#include <algorithm>

#include "api/account_rules.hpp"
#include "api/dto/nodes.hpp"
#include "app/cli/commands/operator_name.hpp"
#include "app/cli/daemon.hpp"
#include "app/cli/quantities.hpp"
#include "app/cli/text_table.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

std::string node_path(const std::string& name) {
  return "/api/v1/nodes/" + base::percent_encoded(name);
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

int complain(const Call& call, const base::Error& error) {
  if (error.code == "usage") return usage_error(call, error.message);
  call.world.err << "davylamp: " << error.message << "\n";
  return exit_failed;
}

// Another token ends the connection of whoever has the one before.
base::Result<void> need_consent(const Call& call, const api::NodeList& list, const std::string& name) {
  const auto node = std::ranges::find(list.items, name, &api::NodeView::name);
  if (node == list.items.end() || call.arguments.has("--replace")) return {};
  const auto shown = base::printable(name);
  auto text = "node enrol: " + shown + " is enrolled already, since " + time_text(node->enrolled_at) + " by " +
              base::printable(node->enrolled_by) + "; ";
  text += node->connected_to ? "its collector is connected to " + base::printable(*node->connected_to) + ". "
                             : "its collector is not connected. ";
  return base::fail("exists", text +
                                  "Another token would end the one that it has, and its connection: add --replace "
                                  "to do that, or enrol the other host under a name of its own");
}

std::string fingerprint_line(const std::optional<api::UplinkEnd>& uplink) {
  if (uplink && uplink->fingerprint_sha256) return "\"" + base::printable(*uplink->fingerprint_sha256) + "\"\n";
  return "\"...\"   # davylampd logs it when it starts; or ca_file = \"...\"\n";
}

std::string advice(const std::string& name, const std::optional<api::UplinkEnd>& uplink) {
  auto text =
      "Shown this once: only its hash is kept. On that host, write it into a file that only the\n"
      "collector may read, and this into /etc/davylamp/davylamp.toml:\n\n"
      "    [node]\n    name = \"" +
      base::printable(name) + "\"\n\n    [uplink]\n    connect = \"" +
      (uplink ? "THIS_HOST:" + std::to_string(uplink->listen_port) : "HOST:PORT") +
      "\"\n    token_file = \"/etc/davylamp/uplink-token\"\n    fingerprint = " + fingerprint_line(uplink) +
      "\nthen: systemctl enable --now davylamp-agent\n";
  if (!uplink)
    text +=
        "\nThis daemon does not listen for collectors: HOST:PORT is that of one whose configuration has listen in\n"
        "[uplink], such as listen = \"0.0.0.0:7443\"; set it here and start davylampd again, or use another.\n";
  return text;
}

}  // namespace

int run_node_enrol(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "node enrol: needs one NAME");
  const auto& name = call.arguments.names.front();
  if (const auto wrong = api::check_node_name(name); !wrong.empty())
    return complain(call, refuse_name("node enrol", name, wrong).error());
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const Daemon daemon(call, *config);
  const auto list = daemon.get<api::NodeList>("/api/v1/nodes");
  if (const auto consent = need_consent(call, list, name); !consent) return complain(call, consent.error());
  api::EnrolRequest wish;
  if (call.arguments.has("--replace")) wish.replace = true;
  const auto issued = daemon.send<api::IssuedNodeToken>("POST", node_path(name) + "/enrol", wish);
  if (call.json) {
    call.world.out << base::json::write(issued) << "\n";
    return exit_ok;
  }
  call.world.out << base::printable(issued.token) << "\n";
  call.world.err << advice(name, list.uplink);
  const bool replaced = std::ranges::find(list.items, name, &api::NodeView::name) != list.items.end();
  if (replaced)
    call.world.err << "\nThe token that " << base::printable(name)
                   << " had counts no more: its collector is sent away within seconds, and keeps what\n"
                      "it sees until it has this one.\n";
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
