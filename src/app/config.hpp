// The configuration: what each key means, how a file becomes a value, what is wrong with it. Keys, defaults and
// meanings for people: docs/configure/reference.md, made from these structs.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/config/many_daemons.hpp"
#include "app/config/sign_in.hpp"
#include "base/result.hpp"
#include "contract/store.hpp"
#include "enrich/geoip/config.hpp"
#include "model/address.hpp"
#include "model/incident.hpp"
#include "notify/words/language.hpp"

namespace davylamp::app {

inline constexpr std::string_view default_config_path = "/etc/davylamp/davylamp.toml";

// Who looks at this host's VPN servers: the daemon itself, or davylamp-agent, which then alone needs privileges.
enum class Collector { daemon, agent };
BOOST_DESCRIBE_ENUM(Collector, daemon, agent)

struct NodeConfig {
  std::string name;                // after reading: never empty, the host's name by default
  std::vector<std::string> roles;  // "collect", "process", "serve"; empty: all three
  std::string state_directory = "/var/lib/davylamp";
  Collector collector = Collector::daemon;
  std::optional<std::string> agent_socket;    // see agent_socket_path()
  std::string agent_user = "davylamp-agent";  // a name or a number
};
BOOST_DESCRIBE_STRUCT(NodeConfig, (), (name, roles, state_directory, collector, agent_socket, agent_user))

struct StoreConfig {
  std::string path = "/var/lib/davylamp/davylamp.db";
  std::optional<std::string> url;            // "postgresql://davylamp@db.example.org/davylamp"; absent: SQLite at path
  std::optional<std::string> password_file;  // of the user in `url`
  bool timescale = true;                     // use the extension TimescaleDB where it is there
  std::optional<double> commit_seconds;      // absent: the daemon chooses
  std::optional<std::string> backup_directory;
  std::uint32_t backup_keep = 7;
};
BOOST_DESCRIBE_STRUCT(StoreConfig, (),
                      (path, url, password_file, timescale, commit_seconds, backup_directory, backup_keep))

struct ServeConfig {
  std::string listen = "127.0.0.1:8080";
  std::string web_root = "/usr/share/davylamp/web";
  std::optional<std::string> tls_certificate;
  std::optional<std::string> tls_key;
  std::vector<std::string> host_names;
  std::optional<std::string> control_socket;  // see control_socket_path()
  std::string base_path;                      // "/davylamp": where a proxy shows the page; empty: at the top
  std::vector<std::string> trusted_proxies;   // CIDR: whose X-Forwarded-For, -Proto and -Host are believed
  std::optional<std::string> proxy_socket;    // a Unix socket besides `listen`, for a proxy on this host
  bool tls = true;                            // without it other hosts are answered only through a trusted proxy
  std::vector<std::string> allow;             // CIDR: who may ask at all; empty: everybody
  std::vector<std::string> cors_origins;      // "https://status.example.org": whose pages may read the API
};
BOOST_DESCRIBE_STRUCT(ServeConfig, (),
                      (listen, web_root, tls_certificate, tls_key, host_names, control_socket, base_path,
                       trusted_proxies, proxy_socket, tls, allow, cors_origins))

// In days; zero keeps for ever.
struct RetentionConfig {
  std::uint32_t minutes_days = 7;
  std::uint32_t hours_days = 400;
  std::uint32_t days_days = 0;
  std::uint32_t sessions_days = 400;
  std::uint32_t events_days = 90;
  std::uint32_t audit_days = 400;
};
BOOST_DESCRIBE_STRUCT(RetentionConfig, (),
                      (minutes_days, hours_days, days_days, sessions_days, events_days, audit_days))

// What is kept of an address that a client connects from.
enum class PrivacyMode { full, truncated, keyed_hash, country_only };
BOOST_DESCRIBE_ENUM(PrivacyMode, full, truncated, keyed_hash, country_only)

struct PrivacyConfig {
  PrivacyMode mode = PrivacyMode::full;
  std::uint32_t key_rotation_hours = 24;
};
BOOST_DESCRIBE_STRUCT(PrivacyConfig, (), (mode, key_rotation_hours))

// What a new limit has where its maker says nothing.
struct QuotaConfig {
  std::string zone = "UTC";  // an IANA name
  std::uint64_t buffer_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(QuotaConfig, (), (zone, buffer_bytes))

struct EnforceConfig {
  bool nftables = false;
};
BOOST_DESCRIBE_STRUCT(EnforceConfig, (), (nftables))

enum class LogLevel { debug, info_, warning, error };
BOOST_DESCRIBE_ENUM(LogLevel, debug, info_, warning, error)

struct LogConfig {
  LogLevel level = LogLevel::info_;
  std::optional<std::string> file;  // absent: standard error
  std::uint64_t max_bytes = 10'485'760;
};
BOOST_DESCRIBE_STRUCT(LogConfig, (), (level, file, max_bytes))

enum class Transport { udp, tcp };
BOOST_DESCRIBE_ENUM(Transport, udp, tcp)

// At least one of `management` and `status_file` is set.
struct OpenvpnConfig {
  std::string name;
  std::string management;  // path of a Unix socket, or "address:port"; empty: none
  std::optional<std::string> password_file;
  std::optional<std::string> status_file;
  std::optional<std::string> status_zone;  // an IANA name; absent: the host's zone
  std::optional<std::string> hook_directory;
  std::optional<std::string> config_file;
  double poll_seconds = 1.0;
  std::uint32_t bytecount_seconds = 1;
  std::optional<model::Address> address;         // where the server stands on the map
  std::optional<model::Address> public_address;  // where clients reach it
  std::optional<Transport> transport;            // where OpenVPN does not tell it
  bool lab = false;
};
BOOST_DESCRIBE_STRUCT(OpenvpnConfig, (),
                      (name, management, password_file, status_file, status_zone, hook_directory, config_file,
                       poll_seconds, bytecount_seconds, address, public_address, transport, lab))

// One interface. Without `socket`: the kernel's WireGuard, or the userspace one at its usual place.
struct WireguardConfig {
  std::string name;       // after reading: never empty, the interface's name by default
  std::string interface;  // "wg0"
  std::optional<std::string> socket;
  std::optional<std::string> config_file;  // whose comments name the peers; absent: /etc/wireguard/INTERFACE.conf
  double poll_seconds = 2.0;
  std::optional<model::Address> address;
  bool lab = false;
};
BOOST_DESCRIBE_STRUCT(WireguardConfig, (), (name, interface, socket, config_file, poll_seconds, address, lab))

// strongSwan, asked by its VICI socket.
struct IpsecConfig {
  std::string name;
  std::string socket = "/var/run/charon.vici";
  double poll_seconds = 3.0;
  std::optional<model::Address> address;
  bool lab = false;
};
BOOST_DESCRIBE_STRUCT(IpsecConfig, (), (name, socket, poll_seconds, address, lab))

// What can see a service from outside.
enum class WitnessKind { ebpf, conntrack, sockets };
BOOST_DESCRIBE_ENUM(WitnessKind, ebpf, conntrack, sockets)

// A service of whatever kind. At least one of `udp`, `tcp`, `process` and `interfaces` is set.
struct WatchConfig {
  std::string name;
  std::vector<std::uint16_t> udp;
  std::vector<std::uint16_t> tcp;
  std::optional<std::string> process;   // its ports are those that this program listens on
  std::vector<std::string> interfaces;  // "tun0", "ppp*": belong to the service
  std::vector<std::string> uplinks;     // where its clients come in (eBPF); empty: every interface that is up
  std::vector<std::string> witnesses;   // in the order of trust; empty: ebpf, conntrack, sockets
  std::optional<std::string> server;    // it looks after the sessions of this server, and makes none of its own
  std::uint32_t idle_seconds = 120;     // a peer that is silent so long has gone
  std::uint32_t most_peers = 65'536;
  std::optional<model::Address> address;
  bool lab = false;
};
BOOST_DESCRIBE_STRUCT(WatchConfig, (),
                      (name, udp, tcp, process, interfaces, uplinks, witnesses, server, idle_seconds, most_peers,
                       address, lab))

// Logs that tell of attempts. At least one of `nflog_group`, `kernel_log`, `file` and `openvpn_log` is set.
struct FirewallConfig {
  std::string name;
  std::optional<std::uint16_t> nflog_group;
  bool kernel_log = false;            // /dev/kmsg
  std::optional<std::string> file;    // "/var/log/kern.log"
  std::vector<std::string> accepted;  // prefixes of lines, or of packets, that were let pass: "[VPN-CONN]"
  std::vector<std::string> refused;   // ... and that were not: "[UFW BLOCK]"; both empty: every line is a refusal
  std::optional<std::string> openvpn_log;
  std::optional<std::string> server;  // whose attempts these are
};
BOOST_DESCRIBE_STRUCT(FirewallConfig, (), (name, nflog_group, kernel_log, file, accepted, refused, openvpn_log, server))

struct SourceConfig {
  std::vector<OpenvpnConfig> openvpn;
  std::vector<WireguardConfig> wireguard;
  std::vector<IpsecConfig> ipsec;
  std::vector<WatchConfig> watch;
  std::vector<FirewallConfig> firewall;
};
BOOST_DESCRIBE_STRUCT(SourceConfig, (), (openvpn, wireguard, ipsec, watch, firewall))

// Where agents inside tunnels report to. Their reports come to the address that the page has.
struct HubConfig {
  bool agents = true;
  std::optional<std::string> shared_key_file;  // one key for all, as VPN Sentinel has it
  std::vector<std::string> allow;              // CIDR: from where reports are taken; empty: from everywhere
  std::uint32_t per_minute = 30;               // reports of one token, and of one address without a good token
  std::uint32_t burst = 30;
  std::uint32_t journal_days = 7;  // how long whole reports are kept
};
BOOST_DESCRIBE_STRUCT(HubConfig, (), (agents, shared_key_file, allow, per_minute, burst, journal_days))

// A small authoritative name server for a zone that is delegated to it: it shows which resolvers ask. Off without zone.
struct CanaryConfig {
  std::optional<std::string> zone;  // "canary.example.org"
  std::string listen = "0.0.0.0:53";
  std::optional<std::string> name_server;  // what its NS record says: "ns1.example.org"
  std::optional<model::Address> address;   // what A and AAAA questions are answered with
};
BOOST_DESCRIBE_STRUCT(CanaryConfig, (), (zone, listen, name_server, address))

// Of all channels: `quiet` is "22:00-07:00" in `zone`; only what is critical goes out then. A *_file names a file whose
// first line is the secret, or is "env:NAME".
using notify::Language;

struct TelegramConfig {
  std::string name;
  std::string token_file;
  std::vector<std::string> chats;  // numbers, or "@channel"; the first is where messages go, all may ask
  std::string api = "https://api.telegram.org";
  bool bot = true;
  Language language = Language::en;
  std::string zone = "UTC";
  model::Severity least = model::Severity::notice;
  std::optional<std::string> quiet;
  std::uint32_t group_seconds = 5;
};
BOOST_DESCRIBE_STRUCT(TelegramConfig, (),
                      (name, token_file, chats, api, bot, language, zone, least, quiet, group_seconds))

struct WebhookConfig {
  std::string name;
  std::string url;
  std::optional<std::string> secret_file;  // signs what is sent (HMAC-SHA256)
  std::optional<std::string> ca_file;      // PEM: whose certificates are trusted, in place of the host's
  Language language = Language::en;
  std::string zone = "UTC";
  model::Severity least = model::Severity::notice;
  std::optional<std::string> quiet;
  std::uint32_t group_seconds = 0;
};
BOOST_DESCRIBE_STRUCT(WebhookConfig, (), (name, url, secret_file, ca_file, language, zone, least, quiet, group_seconds))

struct EmailConfig {
  std::string name;
  std::string server;  // "smtp://mail.example.org:587", "smtps://mail.example.org"
  bool tls_required = true;
  std::optional<std::string> user;
  std::optional<std::string> password_file;
  std::optional<std::string> ca_file;
  std::string from;
  std::vector<std::string> to;
  Language language = Language::en;
  std::string zone = "UTC";
  model::Severity least = model::Severity::notice;
  std::optional<std::string> quiet;
  std::uint32_t group_seconds = 30;
};
BOOST_DESCRIBE_STRUCT(EmailConfig, (),
                      (name, server, tls_required, user, password_file, ca_file, from, to, language, zone, least, quiet,
                       group_seconds))

struct NtfyConfig {
  std::string name;
  std::string url;  // with the topic: "https://ntfy.sh/my-topic"
  std::optional<std::string> token_file;
  std::optional<std::string> ca_file;
  Language language = Language::en;
  std::string zone = "UTC";
  model::Severity least = model::Severity::notice;
  std::optional<std::string> quiet;
  std::uint32_t group_seconds = 5;
};
BOOST_DESCRIBE_STRUCT(NtfyConfig, (), (name, url, token_file, ca_file, language, zone, least, quiet, group_seconds))

struct NotifyConfig {
  std::vector<TelegramConfig> telegram;
  std::vector<WebhookConfig> webhook;
  std::vector<EmailConfig> email;
  std::vector<NtfyConfig> ntfy;
};
BOOST_DESCRIBE_STRUCT(NotifyConfig, (), (telegram, webhook, email, ntfy))

struct Config {
  NodeConfig node;
  StoreConfig store;
  BusConfig bus;
  UplinkConfig uplink;
  ServeConfig serve;
  RateConfig rate;
  LdapConfig ldap;
  OidcConfig oidc;
  geoip::Config geoip;
  RetentionConfig retention;
  PrivacyConfig privacy;
  QuotaConfig quota;
  EnforceConfig enforce;
  HubConfig hub;
  CanaryConfig canary;
  NotifyConfig notify;
  LogConfig log;
  SourceConfig source;
};
BOOST_DESCRIBE_STRUCT(Config, (),
                      (node, store, bus, uplink, serve, rate, ldap, oidc, geoip, retention, privacy, quota, enforce,
                       hub, canary, notify, log, source))

using Environment = std::map<std::string, std::string>;

// What a file and an environment say. `problems` are whole sentences, each with its place ("davylamp.toml:12") and key;
// all that were found, not only the first. With problems, `config` must not be used to run.
struct ConfigReading {
  Config config;
  std::vector<std::string> problems;
  std::vector<std::string> notes;  // for the log: what older tools' variables set, and what to write instead
};

// `text` is TOML, `file_name` names it in problems. Variables such as DAVYLAMP__STORE__PATH or
// DAVYLAMP__SOURCE__OPENVPN__0__NAME override the text; variables of older tools (config/seed_variables.hpp) fill in
// what neither says. Pure.
ConfigReading read_config(std::string_view text, std::string_view file_name, const Environment& environment);
// The same from a file; one that cannot be read is a problem. Takes node.name from the host when it is not set.
ConfigReading load_config(const std::string& path, const Environment& environment);
// This process's variables that read_config() knows.
Environment config_environment();

// As TOML: what is in force, defaults included. Reads back to the same.
std::string to_toml(const Config& config);

// "127.0.0.1:8080", "[::1]:8080", "localhost:8080": an address with a port from 1 to 65535.
base::Result<model::Endpoint> parse_listen(std::string_view text);

// Where a management interface is reached.
struct UnixSocketPath {
  std::string path;
  bool operator==(const UnixSocketPath&) const = default;
};
using ManagementTarget = std::variant<UnixSocketPath, model::Endpoint>;
// An absolute path or what parse_listen takes.
base::Result<ManagementTarget> parse_management(std::string_view text);

// Where the daemon serves the commands of this host: serve.control_socket, or control.sock in the state directory.
std::string control_socket_path(const Config& config);

// Where the daemon and davylamp-agent meet: node.agent_socket, or agent.sock in the state directory.
std::string agent_socket_path(const Config& config);

contract::Retention to_retention(const RetentionConfig& config);

}  // namespace davylamp::app
