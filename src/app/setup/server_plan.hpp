// What setup adds for one OpenVPN server, and why it leaves the rest alone. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/discover/verdict.hpp"
#include "sources/openvpn/server_config.hpp"

namespace davylamp::app {

// Where things are on this host. Never with the root that tests put in front.
struct SetupPaths {
  std::string hook = "/usr/lib/davylamp/davylamp-hook";
  std::string run = "/run/davylamp";
  std::string config = "/etc/davylamp/davylamp.toml";
  std::string account = "davylamp";  // the daemon's user and group
};

// One server as it stands, Davylamp's own lines left out.
struct ServerSite {
  std::string name;  // in paths: letters, digits and . _ -
  std::string config_file;
  std::string text;                 // of config_file, as it is
  std::optional<std::string> unit;  // "openvpn-server@udp.service"
  std::string unit_text;            // its file and drop-ins, ours left out
  bool running = false;
  bool hook_installed = false;
  FoundServer verdict;              // of the server without our block
  openvpn::ServerConfig whole;      // with the command line
  openvpn::ServerConfig from_file;  // the file alone
};

// A folder or a file that must be there before OpenVPN starts; also a line of tmpfiles.d.
struct RunEntry {
  char type = 'd';  // 'd' folder, 'f' file
  std::string path;
  std::string mode;  // octal
  std::string owner;
  std::string group;
};

struct ServerPlan {
  std::string refusal;                    // why nothing is done; empty: something may be
  std::vector<std::string> config_lines;  // for the server's configuration
  std::vector<std::string> toml_lines;    // one [[source.openvpn]]
  std::vector<std::string> unit_lines;    // a systemd drop-in; empty: none is needed
  std::vector<RunEntry> run_entries;
  std::vector<std::string> notes;  // sentences: what is left alone and what the operator may do
};

ServerPlan plan_server(const ServerSite& site, const SetupPaths& paths);

// Lines for tmpfiles.d(5).
std::vector<std::string> tmpfiles_lines(const std::vector<RunEntry>& entries);

// What a unit's sandbox lacks for the hook, as lines of [Service]; `user` is whom OpenVPN becomes, "" for root.
std::vector<std::string> sandbox_lines(std::string_view unit_text, std::string_view user, const SetupPaths& paths);

}  // namespace davylamp::app
