// Whether what a configuration names can be used by this process: sockets, password files, databases, certificates.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "base/time.hpp"

namespace davylamp::app {

enum class Severity {
  notice,   // Davylamp can start and will say so on the page: a server that is not running yet
  problem,  // must be put right first
};

struct Finding {
  Severity severity = Severity::problem;
  std::string text;  // key, path, what is wrong with owner and mode, what to do
  bool operator==(const Finding&) const = default;
};

// Tells whether this process may use `path` in `mode` (R_OK, W_OK, X_OK): 0 or an errno.
using Access = std::function<int(const std::string& path, int mode)>;
// The kernel's answer, for the effective user.
int access_of_this_process(const std::string& path, int mode);

// Looks at the file system; reads secrets and certificates to say what is wrong with them, and changes nothing.
// For davylampd: without the sources where an agent looks at them.
std::vector<Finding> check_reachable(const Config& config, base::Time now,
                                     const Access& access = access_of_this_process);
// For whoever looks at the VPN servers: what the sources name.
std::vector<Finding> check_sources(const Config& config, base::Time now, const Access& access = access_of_this_process);
// For whoever delivers to a daemon of another host: what [uplink] names besides `listen`.
std::vector<Finding> check_uplink(const Config& config, base::Time now, const Access& access = access_of_this_process);

}  // namespace davylamp::app
