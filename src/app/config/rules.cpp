#include "app/config/rules.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::size_t longest_name_bytes = 64;
constexpr double fastest_poll_seconds = 0.2;
constexpr double slowest_poll_seconds = 60;
constexpr std::uint32_t longest_retention_days = 36'500;
// What a sockaddr_un holds besides the closing zero.
constexpr std::size_t longest_socket_path = 107;

class Rules {
 public:
  void check(const Config& config) {
    if (config.node.name.size() > longest_name_bytes) add("node.name", "is longer than 64 bytes");
    path("node.state_directory", config.node.state_directory);
    store(config.store);
    serve(config.serve);
    if (const auto socket = control_socket_path(config); socket.size() > longest_socket_path) {
      add(config.serve.control_socket ? "serve.control_socket" : "node.state_directory",
          "is too long: the control socket's path has at most 107 bytes");
    }
    retention(config.retention);
    privacy(config.privacy);
    zone("quota.zone", config.quota.zone);
    log(config.log);
    const auto& servers = config.source.openvpn;
    for (std::size_t i = 0; i < servers.size(); ++i) {
      const auto key = "source.openvpn[" + std::to_string(i) + "]";
      openvpn(key, servers[i]);
      duplicates(key, servers, i);
    }
    for (auto& problem : broken_store_rules(config.store)) problems_.push_back(std::move(problem));
    for (auto& problem : broken_source_rules(config.source)) problems_.push_back(std::move(problem));
    for (auto& problem : broken_front_rules(config)) problems_.push_back(std::move(problem));
    for (auto& problem : broken_bus_rules(config.bus)) problems_.push_back(std::move(problem));
    for (auto& problem : broken_account_rules(config)) problems_.push_back(std::move(problem));
    for (auto& problem : broken_hub_rules(config)) problems_.push_back(std::move(problem));
    for (auto& problem : broken_uplink_rules(config)) problems_.push_back(std::move(problem));
    for (auto& problem : broken_notify_rules(config.notify)) problems_.push_back(std::move(problem));
    absolute("node.agent_socket", config.node.agent_socket);
    const bool meets_agent = config.node.agent_socket || config.node.collector == Collector::agent;
    if (meets_agent && agent_socket_path(config).size() > longest_socket_path) {
      add(config.node.agent_socket ? "node.agent_socket" : "node.state_directory",
          "is too long: the agent's socket has a path of at most 107 bytes");
    }
  }
  std::vector<std::string> take() { return std::move(problems_); }

 private:
  void add(const std::string& key, const std::string& what) { problems_.push_back(key + ": " + what); }

  void path(const std::string& key, const std::string& value) {
    if (value.empty()) add(key, "must not be empty");
    if (value.find('\0') != std::string::npos) add(key, "must not hold a NUL character");
  }

  void absolute(const std::string& key, const std::optional<std::string>& value) {
    if (!value) return;
    path(key, *value);
    if (!value->empty() && !value->starts_with('/')) add(key, "must be an absolute path: it begins with /");
  }

  void zone(const std::string& key, const std::string& value) {
    if (is_zone_name(value)) return;
    add(key, "\"" + base::printable(value) + "\" is not the name of a time zone; write one like Europe/Berlin or UTC");
  }

  void store(const StoreConfig& store) {
    path("store.path", store.path);
    if (store.commit_seconds && !(*store.commit_seconds >= 0.05 && *store.commit_seconds <= 60)) {
      add("store.commit_seconds", "must be between 0.05 and 60; leave it out and Davylamp chooses");
    }
    absolute("store.backup_directory", store.backup_directory);
    if (store.backup_keep < 1 || store.backup_keep > 1000) add("store.backup_keep", "must be between 1 and 1000");
  }

  void privacy(const PrivacyConfig& privacy) {
    if (privacy.key_rotation_hours < 1 || privacy.key_rotation_hours > 8760) {
      add("privacy.key_rotation_hours", "must be between 1 and 8760, which is a year");
    }
  }

  void log(const LogConfig& log) {
    absolute("log.file", log.file);
    if (log.max_bytes < 4096) add("log.max_bytes", "must be at least 4096");
  }

  void serve(const ServeConfig& serve) {
    if (const auto listen = parse_listen(serve.listen); !listen) add("serve.listen", listen.error().message);
    path("serve.web_root", serve.web_root);
    absolute("serve.control_socket", serve.control_socket);
    if (serve.tls_certificate.has_value() != serve.tls_key.has_value()) {
      add(serve.tls_key ? "serve.tls_key" : "serve.tls_certificate",
          "tls_certificate and tls_key go together; set both, or none for a certificate of Davylamp's own making");
    }
    for (const auto& name : serve.host_names) {
      if (name.empty() || name.find_first_of("/ :") != std::string::npos) {
        add("serve.host_names",
            "\"" + base::printable(name) + "\" is not a host name; write it without scheme and port");
      }
    }
  }

  void retention(const RetentionConfig& retention) {
    boost::mp11::mp_for_each<boost::describe::describe_members<RetentionConfig, boost::describe::mod_public>>(
        [&](auto d) {
          if (retention.*d.pointer > longest_retention_days) {
            add(std::string("retention.") + d.name, "must be at most 36500 days; 0 keeps for ever");
          }
        });
  }

  void openvpn(const std::string& key, const OpenvpnConfig& server) {
    if (server.name.empty()) add(key + ".name", "is needed: a short name for the server, as the page shows it");
    if (server.name.size() > longest_name_bytes) add(key + ".name", "is longer than 64 bytes");
    if (base::printable(server.name) != server.name) add(key + ".name", "holds control characters");
    if (server.management.empty()) {
      if (!server.status_file) {
        add(key + ".management",
            "is needed: the path or address:port of OpenVPN's own \"management\" line, which davylamp discover finds; "
            "or set status_file");
      }
    } else if (const auto target = parse_management(server.management); !target) {
      add(key + ".management", target.error().message);
    }
    if (server.password_file) path(key + ".password_file", *server.password_file);
    absolute(key + ".status_file", server.status_file);
    absolute(key + ".hook_directory", server.hook_directory);
    absolute(key + ".config_file", server.config_file);
    if (server.status_zone) zone(key + ".status_zone", *server.status_zone);
    if (!(server.poll_seconds >= fastest_poll_seconds && server.poll_seconds <= slowest_poll_seconds)) {
      add(key + ".poll_seconds", "must be between 0.2 and 60");
    }
    if (server.bytecount_seconds > 60) add(key + ".bytecount_seconds", "must be at most 60; 0 turns it off");
  }

  void duplicates(const std::string& key, const std::vector<OpenvpnConfig>& servers, std::size_t i) {
    for (std::size_t j = 0; j < i; ++j) {
      const auto other = "source.openvpn[" + std::to_string(j) + "]";
      if (!servers[i].name.empty() && servers[i].name == servers[j].name) {
        return add(key + ".name",
                   "\"" + servers[i].name + "\" is the name of " + other + " already; names must differ");
      }
      if (!servers[i].management.empty() && servers[i].management == servers[j].management) {
        return add(key + ".management",
                   "is the interface of " + other + " already; OpenVPN serves one client at a time");
      }
      if (servers[i].status_file && servers[i].status_file == servers[j].status_file) {
        return add(key + ".status_file", "is the status file of " + other + " already; its clients would count twice");
      }
    }
  }

  std::vector<std::string> problems_;
};

base::Result<std::uint16_t> parse_port(std::string_view text) {
  const auto port = base::parse_number<std::uint16_t>(text);
  if (!port || *port == 0) return base::fail("bad_port", "the port must be a number from 1 to 65535");
  return *port;
}

}  // namespace

bool is_zone_name(std::string_view zone) {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("_+-/").contains(c);
  };
  return !zone.empty() && zone.size() <= 64 && zone.front() != '/' && zone.back() != '/' &&
         std::ranges::all_of(zone, is_letter);
}

std::vector<std::string> broken_rules(const Config& config) {
  Rules rules;
  rules.check(config);
  return rules.take();
}

base::Result<model::Endpoint> parse_listen(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return base::fail("bad_address",
                      "\"" + base::printable(text) + "\" must be address:port, as in 127.0.0.1:8080 or [::1]:8080");
  }
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return std::unexpected(port.error());
  auto host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  const auto address = model::Address::parse(host);
  if (!address) {
    return base::fail("bad_address",
                      "\"" + base::printable(host) + "\" is not an IP address; write the number, not a host name");
  }
  if (!address->is_v4() && !bracketed) {
    return base::fail("bad_address",
                      "an IPv6 address needs brackets: [" + address->to_string() + "]:" + std::to_string(*port));
  }
  return model::Endpoint{*address, *port};
}

base::Result<ManagementTarget> parse_management(std::string_view text) {
  if (text.starts_with('/')) {
    if (text.size() > longest_socket_path) return base::fail("bad_path", "a socket's path has at most 107 bytes");
    return ManagementTarget{UnixSocketPath{std::string(text)}};
  }
  auto endpoint = parse_listen(text);
  if (endpoint) return ManagementTarget{*endpoint};
  if (text.find(':') != std::string_view::npos) return std::unexpected(endpoint.error());
  return base::fail("bad_path",
                    "\"" + base::printable(text) + "\" must be the absolute path of a socket, or address:port");
}

}  // namespace davylamp::app
