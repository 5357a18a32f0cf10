// Looks at the host for `davylamp doctor`.
#pragma once

#include <functional>
#include <string>

#include "app/doctor/host_facts.hpp"

namespace davylamp::app {

struct DoctorWorld {
  std::string root;  // in front of /proc and /etc, for tests; "" on a real host
  std::string config_path;
  Environment environment;
  base::Time now{};
  std::string account = "davylamp";  // the daemon's user, when doctor runs as root
  // What the daemon says of its servers at its control socket, or why it says nothing.
  std::function<base::Result<std::vector<DaemonWord>>(const std::string& control_socket)> ask_daemon;
  // Nothing when the store can be opened and read, else why not.
  std::function<std::optional<std::string>(const Config& config)> open_store;
};

// Blocking: a few seconds at most when servers do not answer. Connects to a management interface only while no daemon
// runs and where the server's configuration is known not to end everyone's tunnel for it; sends nothing there.
HostFacts gather_host_facts(const DoctorWorld& world);

}  // namespace davylamp::app
