#include "app/discover/report.hpp"

#include <algorithm>

#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

std::string state_of(const FoundServer& server) {
  const std::string running =
      server.running ? "running as process " + std::to_string(server.process_id.value_or(0)) : "not running";
  return running + ", " + server.transport + " port " + server.port;
}

std::string paragraph(const FoundServer& server) {
  std::string text =
      (server.usable ? "[usable]     " : "[not usable] ") + server.name + " (" + state_of(server) + ")\n";
  text += "             " + server.sentence + "\n";
  for (const auto& note : server.notes) text += "             note: " + note + "\n";
  if (server.config_file) text += "             configuration: " + *server.config_file + "\n";
  return text;
}

std::string line(std::string_view key, const std::string& value) {
  return std::string(key) + " = " + base::json::write(value) + "\n";
}

// A second look at the same clients, from outside.
std::string witnesses_of(const FoundServer& server) {
  const auto port = base::parse_number<std::uint16_t>(server.port);
  if (!server.transport.starts_with("udp") || !port) return "";
  return "\n# Without the # this lets eBPF and conntrack check its byte counts and tell its clients' loss and "
         "latency.\n"
         "# [[source.watch]]\n# " +
         line("name", server.name + "-witnesses") + "# " + line("server", server.name) + "# udp = [" +
         std::to_string(*port) + "]\n";
}

std::string table(const FoundServer& server) {
  std::string text = "\n[[source.openvpn]]\n";
  text += line("name", server.name) + line("management", server.management.value_or(""));
  if (server.password_file) text += line("password_file", *server.password_file);
  if (server.address) text += line("address", *server.address);
  return text + line("transport", server.transport) + witnesses_of(server);
}

// Names of files are whatever their makers liked; line by line, so that our own line ends stay.
std::string printable_lines(const std::string& text) {
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    out += base::printable(rest.substr(0, end)) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

}  // namespace

bool found_usable(const Discovery& discovery) {
  return std::ranges::any_of(discovery.servers, &FoundServer::usable) || !discovery.services.proposed.empty();
}

std::string discovery_text(const Discovery& discovery) {
  std::string text;
  for (const auto& server : discovery.servers) text += paragraph(server);
  for (const auto& obstacle : discovery.obstacles) text += "note: " + obstacle + "\n";
  if (discovery.servers.empty()) {
    text +=
        "No OpenVPN server was found: no process called openvpn serves clients, and no *.conf under /etc/openvpn "
        "does.\n";
  }
  text += services_text(discovery.services);
  if (found_usable(discovery)) text += "davylamp discover --toml writes the configuration for what is usable.\n";
  return printable_lines(text);
}

std::string discovery_toml(const Discovery& discovery) {
  std::string text = "# Found by davylamp discover.\n";
  for (const auto& server : discovery.servers) {
    text += server.usable ? table(server)
                          : "\n# not usable: " + base::printable(server.name + ": " + server.sentence) + "\n";
  }
  for (const auto& obstacle : discovery.obstacles) text += "# " + base::printable(obstacle) + "\n";
  return text + services_toml(discovery.services);
}

std::string discovery_json(const Discovery& discovery) {
  auto obstacles = discovery.obstacles;
  obstacles.insert(obstacles.end(), discovery.services.obstacles.begin(), discovery.services.obstacles.end());
  return "{\"servers\":" + base::json::write(discovery.servers) +
         ",\"services\":" + base::json::write(discovery.services.proposed) +
         ",\"others\":" + base::json::write(discovery.services.others) +
         ",\"obstacles\":" + base::json::write(obstacles) + "}\n";
}

}  // namespace davylamp::app
