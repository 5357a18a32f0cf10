#include "app/geofence/service_ports.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "sources/openvpn/config_facts.hpp"

namespace davylamp::app {
namespace {

std::optional<std::string> contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

std::unexpected<base::Error> unknown_ports(std::string_view name, const std::string& why) {
  return base::fail(
      "usage", "the ports of " + base::printable(name) + " are not known: " + why + "; give them with --udp and --tcp");
}

base::Result<FencePorts> of_openvpn(const OpenvpnConfig& server, const std::string& root) {
  if (!server.config_file) return unknown_ports(server.name, "its config_file is not configured");
  const auto path = root + *server.config_file;
  const auto text = contents(path);
  if (!text) return unknown_ports(server.name, path + " cannot be read");
  const auto read = [](const std::string& file) { return contents(file); };
  auto ports = ports_of_listening(openvpn::listens_on(openvpn::read_server_config_file(path, read)));
  if (ports == FencePorts{}) return unknown_ports(server.name, path + " names none");
  return ports;
}

base::Result<FencePorts> of_wireguard(const WireguardConfig& server, const std::string& root) {
  const auto path = root + server.config_file.value_or("/etc/wireguard/" + server.interface + ".conf");
  const auto text = contents(path);
  if (!text) return unknown_ports(server.name, path + " cannot be read");
  for (const auto line : base::split(*text, '\n')) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || base::to_lower(base::trim(line.substr(0, equals))) != "listenport")
      continue;
    const auto value = line.substr(equals + 1);
    const auto port = base::parse_number<std::uint16_t>(base::trim(value.substr(0, value.find('#'))));
    if (port && *port != 0) return FencePorts{{*port}, {}};
  }
  return unknown_ports(server.name, path + " has no ListenPort");
}

base::Result<FencePorts> of_watch(const WatchConfig& service) {
  if (service.udp.empty() && service.tcp.empty()) {
    return unknown_ports(service.name, "it is watched by its process or interface");
  }
  return FencePorts{service.udp, service.tcp};
}

}  // namespace

base::Result<std::vector<std::uint16_t>> read_ports(std::string_view text) {
  std::vector<std::uint16_t> ports;
  for (const auto part : base::split(text, ',')) {
    const auto port = base::parse_number<std::uint16_t>(base::trim(part));
    if (!port || *port == 0) {
      return base::fail("usage",
                        "\"" + base::printable(part.substr(0, 40)) + "\" is no port; write them as in 443,1194");
    }
    ports.push_back(*port);
  }
  std::ranges::sort(ports);
  ports.erase(std::ranges::unique(ports).begin(), ports.end());
  return ports;
}

FencePorts ports_of_listening(std::string_view listens_on) {
  FencePorts ports;
  for (auto part : base::split(listens_on, ',')) {
    part = base::trim(part);
    const auto port = base::parse_number<std::uint16_t>(part.substr(std::min(part.rfind(':') + 1, part.size())));
    if (!port || *port == 0 || !part.contains(':')) continue;
    auto& list = part.starts_with("tcp") ? ports.tcp : ports.udp;
    if (std::ranges::find(list, *port) == list.end()) list.push_back(*port);
  }
  std::ranges::sort(ports.udp);
  std::ranges::sort(ports.tcp);
  return ports;
}

base::Result<FencePorts> service_ports(const Config& config, std::string_view name, const std::string& root) {
  std::string names;
  const auto is = [&](const std::string& candidate) {
    names += (names.empty() ? "" : ", ") + candidate;
    return candidate == name;
  };
  for (const auto& item : config.source.watch) {
    if (is(item.name)) return of_watch(item);
  }
  for (const auto& item : config.source.openvpn) {
    if (is(item.name)) return of_openvpn(item, root);
  }
  for (const auto& item : config.source.wireguard) {
    if (is(item.name)) return of_wireguard(item, root);
  }
  return base::fail("usage", "the configuration knows no service \"" + base::printable(name) + "\"" +
                                 (names.empty() ? std::string("") : "; it knows " + base::printable(names)) +
                                 "; give its ports with --udp and --tcp");
}

}  // namespace davylamp::app
