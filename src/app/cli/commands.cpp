#include "app/cli/command.hpp"

namespace davylamp::app {

// The one place that knows all commands: dispatch and usage text both come from here.
const std::vector<Command>& commands() {
  static const std::vector<Command> table{
      {"status", "[--json]", "servers, open sessions and today's traffic at a glance", {}, run_status},
      {"sessions",
       "[--state open|closed|all] [--user NAME] [--server NAME] [--limit N] [--json]",
       "who is or was connected, from where, and how much they moved",
       {{}, {"--state", "--user", "--server", "--limit"}},
       run_sessions},
      {"servers", "[--json]", "the VPN servers that are watched, and how they are", {}, run_servers},
      {"user add",
       "NAME [--admin | --role viewer|operator|admin] [--random-password | --password-stdin] [--json]",
       "let someone sign in to the page; asks for the password",
       {{"--admin", "--random-password", "--password-stdin"}, {"--role"}},
       run_user_add},
      {"user passwd",
       "NAME [--random-password | --password-stdin] [--json]",
       "give someone a new password; signs them out everywhere",
       {{"--random-password", "--password-stdin"}, {}},
       run_user_passwd},
      {"user list", "[--json]", "who may sign in to the page", {}, run_user_list},
      {"discover",
       "[--toml | --json]",
       "find the OpenVPN servers of this host; exit 3 when none is usable",
       {{"--toml"}, {}},
       run_discover},
      {"decode",
       "openvpn-management|openvpn-status FILE|- [--utc-offset +HH:MM]",
       "what Davylamp makes of a recording or a status file, as JSON lines",
       {},
       run_decode_command},
      {"check",
       "[--dump] [--json]",
       "everything that is wrong with the configuration; --dump prints it with defaults",
       {{"--dump"}, {}},
       run_check},
      {"dev types", "", "the page's TypeScript types", {}, run_dev_types},
      {"dev config-reference", "", "docs/configure/reference.md", {}, run_dev_config_reference},
      {"version", "[--json]", "the version", {}, run_version},
  };
  return table;
}

}  // namespace davylamp::app
