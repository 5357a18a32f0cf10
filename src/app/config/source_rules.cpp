// The rules of everything that is read besides OpenVPN.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "app/config/rules.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::size_t longest_name_bytes = 64;
constexpr std::size_t longest_interface_bytes = 15;  // IFNAMSIZ without its zero

class SourceRules {
 public:
  explicit SourceRules(const SourceConfig& sources) : sources_(sources) {}

  std::vector<std::string> check() {
    each("openvpn", sources_.openvpn, [](const std::string&, const OpenvpnConfig&) {});
    each("wireguard", sources_.wireguard,
         [this](const std::string& key, const WireguardConfig& item) { wireguard(key, item); });
    each("ipsec", sources_.ipsec, [this](const std::string& key, const IpsecConfig& item) { ipsec(key, item); });
    each("watch", sources_.watch, [this](const std::string& key, const WatchConfig& item) { watch(key, item); });
    each("firewall", sources_.firewall,
         [this](const std::string& key, const FirewallConfig& item) { firewall(key, item); });
    return std::move(problems_);
  }

 private:
  void add(const std::string& key, const std::string& what) { problems_.push_back(key + ": " + what); }

  template <class T, class Check>
  void each(const std::string& kind, const std::vector<T>& items, Check check) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto key = "source." + kind + "[" + std::to_string(i) + "]";
      if (kind != "openvpn") name(key, items[i].name);
      const auto [first, fresh] = names_.try_emplace(items[i].name, key);
      // Two OpenVPN servers of one name are told elsewhere.
      if (!fresh && kind != "openvpn" && !items[i].name.empty()) {
        add(key + ".name", "\"" + base::printable(items[i].name) + "\" is the name of " + first->second +
                               " already; names must differ");
      }
      check(key, items[i]);
    }
  }

  void name(const std::string& key, const std::string& name) {
    if (name.empty()) add(key + ".name", "is needed: a short name, as the page shows it");
    if (name.size() > longest_name_bytes) add(key + ".name", "is longer than 64 bytes");
    if (base::printable(name) != name) add(key + ".name", "holds control characters");
  }

  void interface(const std::string& key, const std::string& name) {
    if (name.empty()) add(key, "must not be empty");
    if (name.size() > longest_interface_bytes) add(key, "is longer than 15 bytes, which no interface's name is");
    if (name.find_first_of("/ \t\n") != std::string::npos) {
      add(key, "\"" + base::printable(name) + "\" is not the name of an interface");
    }
  }

  void absolute(const std::string& key, const std::optional<std::string>& path) {
    if (path && !path->starts_with('/')) add(key, "must be an absolute path: it begins with /");
  }

  void known_server(const std::string& key, const std::optional<std::string>& server) {
    if (!server) return;
    const auto is_it = [&](const auto& item) { return item.name == *server; };
    if (std::ranges::any_of(sources_.openvpn, is_it) || std::ranges::any_of(sources_.wireguard, is_it)) return;
    add(key, "\"" + base::printable(*server) + "\" is no server of [[source.openvpn]] or [[source.wireguard]]");
  }

  // Attempts may be at anything that is watched.
  void known_target(const std::string& key, const std::optional<std::string>& server) {
    const auto is_it = [&](const auto& item) { return item.name == *server; };
    if (!server || std::ranges::any_of(sources_.openvpn, is_it) || std::ranges::any_of(sources_.wireguard, is_it) ||
        std::ranges::any_of(sources_.watch, is_it) || std::ranges::any_of(sources_.ipsec, is_it))
      return;
    add(key, "\"" + base::printable(*server) + "\" is the name of no other source");
  }

  void wireguard(const std::string& key, const WireguardConfig& item) {
    interface(key + ".interface", item.interface);
    absolute(key + ".socket", item.socket);
    absolute(key + ".config_file", item.config_file);
    if (!(item.poll_seconds >= 1 && item.poll_seconds <= 60)) add(key + ".poll_seconds", "must be between 1 and 60");
  }

  void ipsec(const std::string& key, const IpsecConfig& item) {
    absolute(key + ".socket", item.socket);
    if (!(item.poll_seconds >= 1 && item.poll_seconds <= 60)) add(key + ".poll_seconds", "must be between 1 and 60");
  }

  void watch(const std::string& key, const WatchConfig& item) {
    if (item.udp.empty() && item.tcp.empty() && !item.process && item.interfaces.empty()) {
      add(key, "names nothing to look at: set udp, tcp, process or interfaces; davylamp discover proposes some");
    }
    for (const auto* ports : {&item.udp, &item.tcp}) {
      const std::string list = ports == &item.udp ? ".udp" : ".tcp";
      if (std::ranges::find(*ports, 0) != ports->end()) add(key + list, "a port is a number from 1 to 65535");
      if (std::set(ports->begin(), ports->end()).size() != ports->size()) add(key + list, "names a port twice");
    }
    for (const auto& name : item.interfaces) interface(key + ".interfaces", name);
    for (const auto& name : item.uplinks) interface(key + ".uplinks", name);
    for (const auto& witness : item.witnesses) {
      if (!base::json::enum_value<WitnessKind>(witness)) {
        add(key + ".witnesses", "\"" + base::printable(witness) + "\" is none of ebpf, conntrack, sockets");
      }
    }
    known_server(key + ".server", item.server);
    if (item.idle_seconds < 10 || item.idle_seconds > 3600) add(key + ".idle_seconds", "must be between 10 and 3600");
    if (item.most_peers < 64 || item.most_peers > 1'048'576) {
      add(key + ".most_peers", "must be between 64 and 1048576");
    }
  }

  void firewall(const std::string& key, const FirewallConfig& item) {
    if (!item.nflog_group && !item.kernel_log && !item.file && !item.openvpn_log) {
      add(key, "names nothing to read: set nflog_group, kernel_log, file or openvpn_log");
    }
    absolute(key + ".file", item.file);
    absolute(key + ".openvpn_log", item.openvpn_log);
    known_target(key + ".server", item.server);
  }

  const SourceConfig& sources_;
  std::map<std::string, std::string> names_;  // and the key of who has it
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> broken_source_rules(const SourceConfig& sources) {
  return SourceRules(sources).check();
}

}  // namespace davylamp::app
