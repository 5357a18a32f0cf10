// What davylamp-agent in a tunnel is told: by arguments, and by the environment, which is all that containers have.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "probe/lookups.hpp"
#include "probe/path_target.hpp"

namespace davylamp::app {

// Which resolvers are looked for: those that answer questions from this host, by names of Google and Akamai (`whoami`)
// and by names of the hub's own zone, when it has one.
enum class ResolverCheck : std::uint8_t { on, canary, off };
BOOST_DESCRIBE_ENUM(ResolverCheck, on, canary, off)

struct TunnelAgentOptions {
  probe::WebAddress hub;
  std::optional<std::string> token;       // from the environment
  std::optional<std::string> token_file;  // read at every start
  std::optional<std::string> one_time_token;
  std::string name;                               // [A-Za-z0-9._-]{1,100}; the host's, unless told
  std::optional<std::uint32_t> interval_seconds;  // untold: as the hub says, 60 at first
  std::uint32_t look_up_seconds = 900;
  std::uint32_t path_seconds = 300;
  std::optional<std::string> tunnel;
  std::vector<probe::PathTarget> targets;
  ResolverCheck resolver_check = ResolverCheck::on;
  std::vector<std::string> resolvers;  // empty: those of /etc/resolv.conf
  std::vector<probe::LookupSource> lookups;
  std::optional<std::string> canary_zone;
  std::string state_directory;
  std::optional<std::string> ca_file;
  bool insecure = false;
  bool once = false;
};

// Arguments win over the environment. Error "usage": whole sentences. Pure but for `host_name`.
base::Result<TunnelAgentOptions> read_tunnel_agent_options(std::span<const std::string_view> arguments,
                                                           const std::map<std::string, std::string>& environment,
                                                           const std::string& host_name);
// This process's variables that it knows.
std::map<std::string, std::string> tunnel_agent_environment();
// How to call it, for --help.
std::string tunnel_agent_usage();

}  // namespace davylamp::app
