// Looks for the OpenVPN servers of this host: running processes and configurations under /etc/openvpn; and for other
// services that listen.
#pragma once

#include <string>
#include <vector>

#include "app/discover/services.hpp"
#include "app/discover/verdict.hpp"

namespace davylamp::app {

struct Discovery {
  std::vector<FoundServer> servers;    // running ones first, then by name; never a client
  std::vector<std::string> obstacles;  // what could not be looked at, one sentence each
  Services services;                   // besides OpenVPN; filled by find_all()
};

// `root` stands in front of /proc and /etc ("" on a real host). Reads only; connects to nothing.
Discovery find_openvpn_servers(const std::string& root);
Discovery find_all(const std::string& root);

}  // namespace davylamp::app
