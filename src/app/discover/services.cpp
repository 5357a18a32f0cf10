#include "app/discover/services.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "app/discover/known_services.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

namespace fs = std::filesystem;
using sockets::OwnedSocket;

constexpr std::uint16_t first_passing_port = 32'768;
constexpr std::size_t most_ports = 16;

// What one program listens on for other hosts.
struct Listener {
  std::optional<sockets::Program> program;
  const KnownService* known = nullptr;
  std::set<std::uint16_t> udp;
  std::set<std::uint16_t> tcp;
};

bool is_openvpn(const std::optional<sockets::Program>& program) {
  return program && program->name == "openvpn";
}

// One per program; without one, per known service or per port.
std::map<std::string, Listener> group(const std::vector<OwnedSocket>& sockets) {
  std::map<std::string, Listener> listeners;
  for (const auto& [socket, program] : sockets) {
    if (socket.address.kind() == model::AddressKind::loopback || is_openvpn(program)) continue;
    const auto* known = program ? known_program(program->name) : known_port(socket.protocol, socket.port);
    const auto key = known != nullptr ? std::string(known->name)
                     : program        ? "program " + program->name
                                      : "port " + std::to_string(socket.port);
    auto& listener = listeners[key];
    if (!listener.program || (program && program->process < listener.program->process)) listener.program = program;
    listener.known = known;
    (socket.protocol == model::Protocol::tcp ? listener.tcp : listener.udp).insert(socket.port);
  }
  return listeners;
}

std::vector<std::uint16_t> first_ports(const std::set<std::uint16_t>& ports) {
  std::vector<std::uint16_t> all(ports.begin(), ports.end());
  if (all.size() > most_ports) all.resize(most_ports);
  return all;
}

FoundService describe(Listener listener) {
  FoundService found;
  const auto passing = [](std::uint16_t port) { return port >= first_passing_port; };
  const bool only_passing = listener.tcp.empty() && std::ranges::all_of(listener.udp, passing);
  if (!only_passing) std::erase_if(listener.udp, passing);
  found.udp = first_ports(listener.udp);
  found.tcp = first_ports(listener.tcp);
  if (listener.program) {
    found.program = listener.program->name;
    found.process_id = listener.program->process;
    if (!listener.program->unit.empty()) found.unit = listener.program->unit;
  }
  // Ports that change are looked up by the program.
  if (listener.known != nullptr && listener.program && only_passing && listener.udp.size() > 1)
    found.process = found.program;
  return found;
}

std::string unique_name(const std::string& wanted, std::set<std::string>& names) {
  auto name = wanted;
  for (int number = 2; !names.insert(name).second; ++number) name = wanted + "-" + std::to_string(number);
  return name;
}

FoundService propose(const Listener& listener, std::set<std::string>& names) {
  auto found = describe(listener);
  found.name = unique_name(std::string(listener.known->name), names);
  found.what = listener.known->what;
  if (listener.known->ppp) found.interfaces = {"ppp*"};
  found.sentence = found.udp.empty()
                       ? "its TCP clients show by sockets, conntrack or ebpf, with round-trip time and loss"
                       : "its UDP clients show by ebpf or conntrack: the kernel's list of sockets does not hold them";
  return found;
}

FoundService describe_other(const Listener& listener) {
  auto found = describe(listener);
  found.name = found.program.value_or(found.tcp.empty() ? "udp-" + std::to_string(found.udp.front())
                                                        : "tcp-" + std::to_string(found.tcp.front()));
  if (!listener.program) found.sentence = "whose it is cannot be seen: the kernel's own, or run this as root";
  return found;
}

std::vector<std::string> file_names(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    names.push_back(entry->path().filename().string());
  std::ranges::sort(names);
  return names;
}

bool is_wireguard_device(const fs::path& folder) {
  std::ifstream file(folder / "uevent");
  for (std::string line; std::getline(file, line);) {
    if (line == "DEVTYPE=wireguard") return true;
  }
  return false;
}

// The kernel's devices of that kind, and sockets of userspace programs.
std::vector<std::string> wireguard_interfaces(const std::string& root) {
  std::set<std::string> found;
  const fs::path devices = root + "/sys/class/net";
  for (const auto& name : file_names(devices)) {
    if (is_wireguard_device(devices / name)) found.insert(name);
  }
  constexpr std::string_view ending = ".sock";
  for (const auto& name : file_names(root + "/var/run/wireguard")) {
    if (name.ends_with(ending)) found.insert(name.substr(0, name.size() - ending.size()));
  }
  return {found.begin(), found.end()};
}

}  // namespace

Services judge_services(const std::vector<OwnedSocket>& sockets, const std::vector<std::string>& wireguard,
                        std::set<std::string> names) {
  Services services;
  for (const auto& interface : wireguard) {
    FoundService found;
    found.name = unique_name(interface, names);
    found.what = "WireGuard";
    found.wireguard_interface = interface;
    found.sentence = "its peers are read from WireGuard itself; names come from the comments of its configuration";
    services.proposed.push_back(std::move(found));
  }
  for (const auto& [key, listener] : group(sockets)) {
    if (listener.program && listener.program->name == "wireguard-go") continue;
    if (listener.known != nullptr) {
      services.proposed.push_back(propose(listener, names));
    } else {
      services.others.push_back(describe_other(listener));
    }
  }
  return services;
}

Services find_services(const std::string& root, const std::set<std::string>& names) {
  std::vector<std::string> obstacles;
  std::vector<sockets::ListeningSocket> listening;
  try {
    listening = root.empty() ? sockets::list_listening() : sockets::read_listening(root);
  } catch (const base::Failure& failure) {
    obstacles.push_back(failure.error().message + "; /proc/net is read instead");
    listening = sockets::read_listening(root);
  }
  auto services = judge_services(sockets::owners_of(listening, root), wireguard_interfaces(root), names);
  services.obstacles = std::move(obstacles);
  return services;
}

}  // namespace davylamp::app
