// What an OpenVPN configuration says that matters to a watcher.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/openvpn/config_lexer.hpp"

namespace davylamp::openvpn {

// `management TARGET PORT [PASSWORD-FILE]`
struct ManagementLine {
  std::string target;  // a path, an address, or "tunnel"
  std::string port;    // "unix" or a number
  std::optional<std::string> password_file;
  bool is_unix() const { return port == "unix"; }
};

struct ServerConfig {
  bool server = false;  // many clients: server, server-bridge, server-ipv6 or mode server
  std::optional<ManagementLine> management;
  bool management_hold = false;
  bool management_client_auth = false;
  bool management_client = false;
  bool management_signal = false;
  std::optional<std::string> management_user;
  std::optional<std::string> management_group;
  std::optional<std::string> status_file;
  std::optional<std::string> status_version;
  std::string protocol = "udp";
  std::string port = "1194";
  std::optional<std::string> local_address;
  std::optional<std::string> device;
  std::optional<std::string> user;
  std::optional<std::string> group;
  std::optional<std::string> chroot;
  std::string directory;                // where relative paths are looked for
  std::vector<std::string> files;       // that were read, the outermost first
  std::vector<std::string> unreadable;  // that were named and could not be read
  std::vector<Directive> directives;    // all, in the order they take effect; keys and passwords left out

  std::string transport() const { return protocol.starts_with("tcp") ? "tcp" : "udp"; }
  // `path` made absolute.
  std::string absolute(const std::string& path) const;
  // The last directive of that name, which is the one in force; null when there is none.
  const Directive* last(std::string_view name) const;
  bool has(std::string_view name) const { return last(name) != nullptr; }
};

// The text of a file, or nothing.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

// Follows `cd` and `config`, in the order given, as OpenVPN does. `directory` is where the process stood at its start.
ServerConfig read_server_config(const std::vector<Directive>& directives, const std::string& directory,
                                const ReadFile& read);
// The configuration that a file alone gives, read from its own folder.
ServerConfig read_server_config_file(const std::string& path, const ReadFile& read);

}  // namespace davylamp::openvpn
