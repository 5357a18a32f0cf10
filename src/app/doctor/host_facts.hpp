// What `davylamp doctor` knows about a host: gathered in one place, judged in another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "base/time.hpp"
#include "witness/conntrack/kernel_settings.hpp"

namespace davylamp::app {

struct StoreFacts {
  bool exists = false;
  std::optional<std::string> problem;  // why it cannot be opened
  std::uint64_t free_bytes = 0;        // on its disk
};

struct DaemonFacts {
  bool answers = false;
  std::string problem;                      // why it does not
  std::optional<std::string> no_collector;  // what it says while it waits for davylamp-agent
};

// What the daemon says of a server: its state and health, as on the page.
struct DaemonWord {
  std::string name;
  std::string state;
  std::string health;
};

// What happened at a management interface.
enum class Probe {
  not_asked,       // the daemon holds it, or asking could do harm
  no_socket,       // there is no such file
  nobody_listens,  // a stale socket, or a closed port
  not_permitted,
  turned_away,  // closed without a word: management-client-user or -group
  silent,       // another program holds it
  wants_password,
  held,  // waits for "hold release"
  greets,
};

struct StatusFileFacts {
  bool readable = false;
  std::string problem;  // why not
  base::Time changed_at{};
  std::uint64_t size_bytes = 0;
  std::string version;  // "1", "2", "3"; empty when it cannot be told
};

struct HookFacts {
  bool folder_exists = false;
  bool socket_exists = false;  // the daemon made it
  bool reachable = false;      // by any user, all the way
  bool connect_set = false;    // the configuration calls davylamp-hook
  bool disconnect_set = false;
  std::string other_script;  // that the configuration calls instead, which may pass on to davylamp-hook
  std::string program;       // that the configuration names
  bool program_executable = false;
};

struct ServerHostFacts {
  OpenvpnConfig config;
  Probe probe = Probe::not_asked;
  std::optional<DaemonWord> daemon_word;
  bool port_without_password = false;
  std::optional<StatusFileFacts> status_file;
  std::optional<HookFacts> hook;      // where hook_directory is set
  bool config_known = false;          // config_file could be read
  std::vector<std::string> warnings;  // of its files: faults, certificates
};

// A server that the configuration does not name.
struct StrangerFacts {
  std::string name;
  std::string sentence;
};

struct GeoipFacts {
  std::string path;
  bool readable = false;
  base::Time changed_at{};
};

struct HostFacts {
  std::string config_path;
  std::string user;  // who doctor runs as
  base::Time now{};
  std::vector<std::string> config_problems;
  bool config_missing = false;
  Config config;
  std::vector<std::string> unreachable;  // for the daemon's user: what it cannot use
  std::vector<std::string> notices;      // smaller things of that kind
  StoreFacts store;
  DaemonFacts daemon;
  std::vector<ServerHostFacts> servers;
  std::vector<StrangerFacts> strangers;
  std::vector<std::string> obstacles;  // what could not be looked at
  std::vector<GeoipFacts> geoip;
  std::optional<bool> clock_synchronised;
  std::optional<conntrack::KernelSettings> conntrack;  // where a watched service asks for it
  bool nft_installed = false;
  bool unit_installed = false;  // davylampd.service
  bool unit_may_change_nft = true;
};

}  // namespace davylamp::app
