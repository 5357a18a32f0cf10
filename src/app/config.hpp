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

#include "base/result.hpp"
#include "contract/store.hpp"
#include "enrich/geoip/config.hpp"
#include "model/address.hpp"

namespace davylamp::app {

inline constexpr std::string_view default_config_path = "/etc/davylamp/davylamp.toml";

struct NodeConfig {
  std::string name;  // after reading: never empty, the host's name by default
  std::string state_directory = "/var/lib/davylamp";
};
BOOST_DESCRIBE_STRUCT(NodeConfig, (), (name, state_directory))

struct StoreConfig {
  std::string path = "/var/lib/davylamp/davylamp.db";
};
BOOST_DESCRIBE_STRUCT(StoreConfig, (), (path))

struct ServeConfig {
  std::string listen = "127.0.0.1:8080";
  std::string web_root = "/usr/share/davylamp/web";
  std::optional<std::string> tls_certificate;
  std::optional<std::string> tls_key;
  std::vector<std::string> host_names;
};
BOOST_DESCRIBE_STRUCT(ServeConfig, (), (listen, web_root, tls_certificate, tls_key, host_names))

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

enum class LogLevel { debug, info_, warning, error };
BOOST_DESCRIBE_ENUM(LogLevel, debug, info_, warning, error)

struct LogConfig {
  LogLevel level = LogLevel::info_;
};
BOOST_DESCRIBE_STRUCT(LogConfig, (), (level))

enum class Transport { udp, tcp };
BOOST_DESCRIBE_ENUM(Transport, udp, tcp)

struct OpenvpnConfig {
  std::string name;
  std::string management;  // path of a Unix socket, or "address:port"
  std::optional<std::string> password_file;
  double poll_seconds = 1.0;
  std::uint32_t bytecount_seconds = 1;
  std::optional<model::Address> address;  // where the server stands on the map
  std::optional<Transport> transport;     // where OpenVPN does not tell it
  bool lab = false;
};
BOOST_DESCRIBE_STRUCT(OpenvpnConfig, (),
                      (name, management, password_file, poll_seconds, bytecount_seconds, address, transport, lab))

struct SourceConfig {
  std::vector<OpenvpnConfig> openvpn;
};
BOOST_DESCRIBE_STRUCT(SourceConfig, (), (openvpn))

struct Config {
  NodeConfig node;
  StoreConfig store;
  ServeConfig serve;
  geoip::Config geoip;
  RetentionConfig retention;
  LogConfig log;
  SourceConfig source;
};
BOOST_DESCRIBE_STRUCT(Config, (), (node, store, serve, geoip, retention, log, source))

using Environment = std::map<std::string, std::string>;

// What a file and an environment say. `problems` are whole sentences, each with its place ("davylamp.toml:12") and key;
// all that were found, not only the first. With problems, `config` must not be used to run.
struct ConfigReading {
  Config config;
  std::vector<std::string> problems;
};

// `text` is TOML, `file_name` names it in problems. Variables such as DAVYLAMP__STORE__PATH or
// DAVYLAMP__SOURCE__OPENVPN__0__NAME override the text. Pure.
ConfigReading read_config(std::string_view text, std::string_view file_name, const Environment& environment);
// The same from a file; one that cannot be read is a problem. Takes node.name from the host when it is not set.
ConfigReading load_config(const std::string& path, const Environment& environment);
// This process's variables that begin with DAVYLAMP__.
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

contract::Retention to_retention(const RetentionConfig& config);

}  // namespace davylamp::app
