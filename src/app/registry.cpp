#include "app/registry.hpp"

#include "app/openvpn_sources.hpp"
#include "sources/canary/source.hpp"
#include "sources/firewall/source.hpp"
#include "sources/ipsec/source.hpp"
#include "sources/openvpn/source.hpp"
#include "sources/openvpn/status_file_source.hpp"
#include "sources/watch/source.hpp"
#include "sources/wireguard/source.hpp"
#include "witness/conntrack/conntrack_witness.hpp"
#include "witness/ebpf/ebpf_witness.hpp"
#include "witness/interfaces/interface_reader.hpp"
#include "witness/sockets/process_ports.hpp"
#include "witness/sockets/sockets_witness.hpp"

namespace davylamp::app {
namespace {

// What a source must remember over a restart of this program; the folder is made when it is needed.
std::string state_file(const Config& config, const std::string& kind, const std::string& name) {
  std::string file = config.node.state_directory + "/" + kind + "/";
  for (const char c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    file += plain ? std::string(1, c) : "%" + std::to_string(static_cast<unsigned char>(c));
  }
  return file;
}

void add_openvpn(const Config& config, const SourceNeeds& needs, std::vector<NamedSource>& sources) {
  for (const auto& item : config.source.openvpn) {
    const model::SourceId id{config.node.name, "openvpn", item.name};
    if (!item.management.empty()) {
      sources.push_back({id, openvpn::make_source(openvpn_source(item), needs.clock), {}});
    } else {
      const openvpn::StatusFileConfig file{openvpn_source(item), item.status_file.value_or(""), item.status_zone};
      sources.push_back({id, openvpn::make_status_file_source(file, needs.clock, needs.zones), {}});
    }
    if (item.hook_directory) sources.push_back(hook_source(id, item, needs.clock));
  }
}

void add_wireguard(const Config& config, const SourceNeeds& needs, std::vector<NamedSource>& sources) {
  for (const auto& item : config.source.wireguard) {
    wireguard::Config source;
    source.name = item.name;
    source.interface = item.interface;
    source.socket = item.socket;
    source.config_file = item.config_file;
    source.poll_seconds = item.poll_seconds;
    source.state_file = state_file(config, "wireguard", item.name);
    if (item.address) source.address = item.address->to_string();
    source.lab = item.lab;
    sources.push_back({{config.node.name, "wireguard", item.name}, wireguard::make_source(source, needs.clock), {}});
  }
}

void add_ipsec(const Config& config, const SourceNeeds& needs, std::vector<NamedSource>& sources) {
  for (const auto& item : config.source.ipsec) {
    ipsec::Config source;
    source.name = item.name;
    source.socket = item.socket;
    source.poll_seconds = item.poll_seconds;
    source.state_file = state_file(config, "ipsec", item.name);
    if (item.address) source.address = item.address->to_string();
    source.lab = item.lab;
    sources.push_back({{config.node.name, "ipsec", item.name}, ipsec::make_source(source, needs.clock), {}});
  }
}

std::vector<std::unique_ptr<contract::Witness>> make_witnesses(const WatchConfig& item, const base::Clock& clock) {
  auto kinds = item.witnesses;
  if (kinds.empty()) kinds = {"ebpf", "conntrack", "sockets"};
  const contract::WatchedPorts ports{item.udp, item.tcp, {}};
  std::vector<std::unique_ptr<contract::Witness>> witnesses;
  for (const auto& kind : kinds) {
    if (kind == "ebpf") {
      ebpf::Config config;
      config.ports = ports;
      config.uplinks = item.uplinks;
      config.inner_interfaces = item.interfaces;
      config.most_peers = item.most_peers;
      witnesses.push_back(ebpf::make_witness(config, clock));
    } else if (kind == "conntrack") {
      witnesses.push_back(conntrack::make_witness({ports}, clock));
    } else if (kind == "sockets") {
      witnesses.push_back(sockets::make_witness({ports}, clock));
    }
  }
  return witnesses;
}

std::optional<model::SourceId> server_named(const Config& config, const std::string& name) {
  for (const auto& item : config.source.openvpn) {
    if (item.name == name) return model::SourceId{config.node.name, "openvpn", name};
  }
  for (const auto& item : config.source.wireguard) {
    if (item.name == name) return model::SourceId{config.node.name, "wireguard", name};
  }
  return std::nullopt;
}

std::optional<watch::Owner> owner_of(std::uint16_t port, model::Protocol protocol) {
  const auto program = sockets::owner_of(port, protocol);
  if (!program) return std::nullopt;
  return watch::Owner{program->name, program->process};
}

watch::Dependencies watch_dependencies(const WatchConfig& item, const SourceNeeds& needs) {
  return {make_witnesses(item, needs.clock),
          needs.peers,
          [](const std::string& name) { return sockets::ports_of(name); },
          [reader = std::shared_ptr(interfaces::make_interface_reader())](const std::vector<std::string>& patterns) {
            return reader->read(patterns);
          },
          needs.clock,
          owner_of};
}

void add_watch(const Config& config, const SourceNeeds& needs, std::vector<NamedSource>& sources) {
  for (const auto& item : config.source.watch) {
    watch::Config source;
    source.name = item.name;
    source.ports = {item.udp, item.tcp, {}};
    source.process = item.process;
    source.interfaces = item.interfaces;
    if (item.server) source.server = server_named(config, *item.server);
    if (source.server) needs.peers.follow(*source.server);
    source.idle = base::Seconds{item.idle_seconds};
    source.most_peers = item.most_peers;
    source.state_file = state_file(config, "watch", item.name);
    source.address = item.address;
    source.lab = item.lab;
    // What looks after a server's sessions speaks in that server's name.
    const auto id = source.server.value_or(model::SourceId{config.node.name, "watch", item.name});
    auto made = watch::make_source(std::move(source), watch_dependencies(item, needs));
    auto losses = [watch = made.get()] { return watch->losses(); };
    sources.push_back({id, std::move(made), std::move(losses)});
  }
}

void add_firewall(const Config& config, const SourceNeeds& needs, std::vector<NamedSource>& sources) {
  for (const auto& item : config.source.firewall) {
    firewall::Config source;
    source.name = item.name;
    source.nflog_group = item.nflog_group;
    source.kernel_log = item.kernel_log;
    source.file = item.file;
    source.accepted = item.accepted;
    source.refused = item.refused;
    source.openvpn_log = item.openvpn_log;
    source.server = item.server;
    source.state_file = state_file(config, "firewall", item.name);
    auto made = firewall::make_source(source, needs.clock, needs.zones);
    auto losses = [firewall = made.get()] { return firewall->losses(); };
    sources.push_back({{config.node.name, "firewall", item.name}, std::move(made), std::move(losses)});
  }
}

void add_canary(const Config& config, const SourceNeeds& needs, std::vector<NamedSource>& sources) {
  if (!config.canary.zone) return;
  const auto& zone = *config.canary.zone;
  canary::Config source;
  source.zone = zone;
  source.listen = base::value_or_throw(parse_listen(config.canary.listen));
  source.name_server = config.canary.name_server.value_or("ns." + zone);
  source.address = config.canary.address;
  auto made = canary::make_source(std::move(source), needs.clock);
  auto losses = [canary = made.get()] { return canary->losses(); };
  sources.push_back({{config.node.name, "canary", zone}, std::move(made), std::move(losses)});
}

}  // namespace

std::vector<NamedSource> make_sources(const Config& config, const SourceNeeds& needs) {
  std::vector<NamedSource> sources;
  add_openvpn(config, needs, sources);
  add_wireguard(config, needs, sources);
  add_ipsec(config, needs, sources);
  add_watch(config, needs, sources);
  add_firewall(config, needs, sources);
  add_canary(config, needs, sources);
  return sources;
}

}  // namespace davylamp::app
