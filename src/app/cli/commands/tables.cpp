#include "app/cli/commands/tables.hpp"

namespace davylamp::app {

std::vector<Command> looking_commands() {
  return {
      {"status", "[--json]", "servers, open sessions and today's traffic at a glance", {}, run_status},
      {"sessions",
       "[--state open|closed|all] [--user NAME] [--server NAME] [--limit N] [--json]",
       "who is or was connected, from where, and how much they moved",
       {{}, {"--state", "--user", "--server", "--limit"}},
       run_sessions},
      {"servers", "[--json]", "the VPN servers that are watched, and how they are", {}, run_servers},
  };
}

std::vector<Command> account_commands() {
  return {
      {"user add",
       "NAME [--admin | --role viewer|auditor|operator|admin] [--random-password | --password-stdin] [--json]",
       "let someone sign in to the page; asks for the password",
       {{"--admin", "--random-password", "--password-stdin"}, {"--role"}},
       run_user_add},
      {"user passwd",
       "NAME [--random-password | --password-stdin] [--json]",
       "give someone a new password; signs them out everywhere",
       {{"--random-password", "--password-stdin"}, {}},
       run_user_passwd},
      {"user list", "[--json]", "who may sign in to the page", {}, run_user_list},
      {"user role",
       "NAME viewer|auditor|operator|admin [--json]",
       "change what someone may do, at once",
       {},
       run_user_role},
      {"user scope",
       "NAME GROUP... | NAME --all [--json]",
       "let someone see the servers of some server groups alone, or every server",
       {{"--all"}, {}},
       run_user_scope},
      {"user remove", "NAME [--json]", "remove an account with its logins and tokens", {}, run_user_remove},
      {"user second-factor remove",
       "NAME [--json]",
       "for someone who has lost it: sign in by password alone again",
       {},
       run_user_second_factor_remove},
      {"server-group list", "[--json]", "servers under one name, for the scope of accounts", {}, run_server_group_list},
      {"server-group set",
       "NAME SERVER... [--json]",
       "make a server group or replace its servers; edge-* stands for all that begin so",
       {},
       run_server_group_set},
      {"server-group remove",
       "NAME [--json]",
       "remove a server group that no scope names",
       {},
       run_server_group_remove},
  };
}

std::vector<Command> quota_commands() {
  return {
      {"quota list",
       "[--state ok|near|reached] [--group NAME] [--sort runs_out_at|user|used_bytes|percent] [--limit N] [--json]",
       "how every limit stands; what runs out first comes first",
       {{}, {"--state", "--group", "--sort", "--limit"}},
       run_quota_list},
      {"quota show",
       "USER [--json]",
       "every limit that binds a user, grants and periods that are over",
       {},
       run_quota_show},
      {"quota set",
       "USER|--each GROUP|--group GROUP VOLUME [--period day|week|month|rolling:DAYS|anniversary:DAY|once] [--zone "
       "ZONE]\n"
       "      [--direction down|up|both] [--buffer VOLUME] [--thresholds 50,80,95|none] [--enforce|--no-enforce]\n"
       "      [--kernel-stop|--no-kernel-stop] [--note TEXT] [--json]",
       "limit a user, each member of a group, or a group together; changes the limit there is",
       {{"--enforce", "--no-enforce", "--kernel-stop", "--no-kernel-stop"},
        {"--each", "--group", "--period", "--zone", "--direction", "--buffer", "--thresholds", "--note"}},
       run_quota_set},
      {"quota remove", "ID|USER [--json]", "take a limit away", {}, run_quota_remove},
      {"quota grant",
       "USER VOLUME --until DAY|TIME|+SPAN [--limit ID] [--zone ZONE] [--reason TEXT] [--json]",
       "give a user more for a while, as in: quota grant anna 5GB --until friday",
       {{}, {"--until", "--limit", "--zone", "--reason"}},
       run_quota_grant},
      {"quota reset",
       "USER [--limit ID] [--reason TEXT] [--json]",
       "forgive what a user has used of this period",
       {{}, {"--limit", "--reason"}},
       run_quota_reset},
      {"group list", "[--json]", "groups, their members and how many limits they have", {}, run_group_list},
      {"group set",
       "NAME [--add|--remove] MEMBER... [--note TEXT] [--json]",
       "make a group or replace its members; --add and --remove change some",
       {{"--add", "--remove"}, {"--note"}},
       run_group_set},
      {"group remove", "NAME [--json]", "remove a group that no limit names", {}, run_group_remove},
  };
}

std::vector<Command> acting_commands() {
  return {
      {"block",
       "USER --reason TEXT [--until DAY|TIME|+SPAN] [--zone ZONE] [--json]",
       "disconnect a user and keep the user out",
       {{}, {"--reason", "--until", "--zone"}},
       run_block},
      {"unblock", "USER [--json]", "let a user in again", {}, run_unblock},
      {"disconnect",
       "SESSION_ID|USER [--halt] [--reason TEXT] [--json]",
       "end a session; with --halt the client is told not to come back",
       {{"--halt"}, {"--reason"}},
       run_disconnect},
  };
}

std::vector<Command> alert_commands() {
  return {
      {"agents", "[NAME] [--json]", "agents inside tunnels, and how each is; of one, why", {}, run_agents},
      {"agents add",
       "NAME [--site SITE] [--label TEXT] [--interval SECONDS] [--grace SECONDS] [--expect-country DE,NL]\n"
       "      [--expect-network CIDR,...] [--real-network CIDR,...] [--dns strict|country|listed|off]\n"
       "      [--ipv6 sealed|none|ignored] [--pause | --resume] [--json]",
       "register an agent, or change what is expected of it",
       {{"--pause", "--resume"},
        {"--site", "--label", "--interval", "--grace", "--expect-country", "--expect-network", "--real-network",
         "--dns", "--ipv6"}},
       run_agents_add},
      {"agents token",
       "NAME [--one-time | --revoke] [--json]",
       "make a token for an agent, which is shown this once, or revoke all that it has",
       {{"--one-time", "--revoke"}, {}},
       run_agents_token},
      {"agents remove", "NAME [--json]", "remove an agent with its tokens and its history", {}, run_agents_remove},
      {"node enrol",
       "NAME [--replace] [--json]",
       "let the collector of another host deliver here: makes its token, shown this once; --replace ends one that is "
       "there",
       {{"--replace"}, {}},
       run_node_enrol},
      {"node list", "[--json]", "hosts whose collectors may deliver here, and how they fare", {}, run_node_list},
      {"node remove", "NAME [--json]", "let the collector of a host deliver no longer", {}, run_node_remove},
      {"alerts", "[--all] [--json]", "what is wrong now; with --all also what was", {{"--all"}, {}}, run_alerts},
      {"alerts ack", "ID [--json]", "take an incident: it is not said again", {}, run_alerts_ack},
      {"alerts rules", "[--json]", "what is told, and to whom", {}, run_alerts_rules},
      {"silence add",
       "[SUBJECT] --until DAY|TIME|+SPAN --reason TEXT [--condition NAME] [--maintenance] [--zone ZONE] [--json]",
       "tell nobody of what matches (office-*), as in: silence add office-* --until +2h --reason cables",
       {{"--maintenance"}, {"--until", "--reason", "--condition", "--zone"}},
       run_silence_add},
      {"silence list", "[--all] [--json]", "what is silenced", {{"--all"}, {}}, run_silence_list},
      {"silence end", "ID [--json]", "end a silence now", {}, run_silence_end},
      {"channels", "[--json]", "where messages go, and the last one on each", {}, run_channels},
      {"channels test",
       "NAME [--json]",
       "say a test message now, and what the provider answers",
       {},
       run_channels_test},
  };
}

std::vector<Command> house_commands() {
  return {
      {"attempts",
       "[--hours N] [--outcome accepted|refused|failed] [--server NAME] [--limit N] [--json]",
       "who tried to come in, as firewall logs and VPN logs tell; the most attempts first",
       {{}, {"--hours", "--outcome", "--server", "--limit"}},
       run_attempts},
      {"audit",
       "[--limit N] [--account NAME] [--action NAME] [--json] | --export [--format ndjson|csv] | --check",
       "who did what in Davylamp, the latest first; all of it; or whether its chain holds",
       {{"--export", "--check"}, {"--limit", "--account", "--action", "--format"}},
       run_audit},
      {"jobs", "[--json]", "what the daemon does beside its work, and how it went", {}, run_jobs},
      {"jobs run", "NAME [--json]", "do one of those jobs now", {}, run_jobs_run},
      {"losses", "[--json]", "what was lost or could not be used since the daemon started", {}, run_losses},
      {"privacy show", "[--json]", "what is kept of users, and for how long", {}, run_privacy_show},
      {"privacy export", "USER [FILE] [--json]", "everything that is kept of a user, as JSON", {}, run_privacy_export},
      {"privacy erase",
       "USER --reason TEXT --yes [--json]",
       "remove what is kept of a user; cannot be undone",
       {{"--yes"}, {"--reason"}},
       run_privacy_erase},
      {"backup", "FILE [--json]", "copy the database to a new file while everything runs", {}, run_backup},
      {"restore", "FILE [--json]", "put such a copy in the database's place; stop davylampd first", {}, run_restore},
      {"import",
       "[openvpn-web-panel|openvpn-traffic-monitor] FOLDER|FILE [--server NAME] [--zone ZONE] [--with-active] "
       "[--dry-run]\n"
       "      [--json]",
       "take over what another monitor recorded; doing it twice changes nothing",
       {{"--dry-run", "--with-active"}, {"--server", "--zone"}},
       run_import},
      {"migrate",
       "--from FILE --to postgresql://USER@HOST/DATABASE [--password-file FILE] [--json]",
       "copy everything from SQLite into an empty PostgreSQL database; stop davylampd first",
       {{}, {"--from", "--to", "--password-file"}},
       run_migrate},
  };
}

std::vector<Command> host_commands() {
  return {
      {"discover",
       "[--toml | --json]",
       "find the OpenVPN servers and other services of this host; exit 3 when none is usable",
       {{"--toml"}, {}},
       run_discover},
      {"setup openvpn",
       "[NAME|FILE ...] [--server NAME|FILE] [--dry-run | --yes] [--undo] [--hook FILE] [--root DIR] [--json]",
       "add management socket, status file and hooks to the OpenVPN servers of this host; shows the changes first",
       {{"--dry-run", "--yes", "--undo"}, {"--server", "--hook", "--root"}},
       run_setup_openvpn},
      {"doctor", "[--json]", "what is missing on this host, in words, with the line to change", {}, run_doctor},
      {"decode",
       "firewall|openvpn-log|openvpn-management|openvpn-status FILE|- [--utc-offset +HH:MM]",
       "what Davylamp makes of a recording or a status file, as JSON lines",
       {},
       run_decode_command},
      {"check",
       "[--dump] [--json]",
       "everything that is wrong with the configuration; --dump prints it with defaults",
       {{"--dump"}, {}},
       run_check},
  };
}

std::vector<Command> fence_commands() {
  return {
      {"geofence",
       "--service NAME [--allow IR,DE] [--asn 64500] [--deny CN] [--deny-asn 64501] [--also ADDRESS,NETWORK]\n"
       "      [--udp PORTS] [--tcp PORTS] [--strict] [--seconds 60] [--dry-run] [--verbose] [--yes] [--json]",
       "let only some countries and networks reach a service; taken back by itself unless it is confirmed in time",
       {{"--strict", "--dry-run", "--verbose", "--yes"},
        {"--service", "--allow", "--asn", "--deny", "--deny-asn", "--also", "--udp", "--tcp", "--seconds"}},
       run_geofence},
      {"geofence confirm",
       "[--service NAME] [--json]",
       "keep the fence that is tried",
       {{}, {"--service"}},
       run_geofence_confirm},
      {"geofence show",
       "[--service NAME] [--json]",
       "fences, and how many packets they let in and refused",
       {{}, {"--service"}},
       run_geofence_show},
      {"geofence list", "[--json]", "the same", {}, run_geofence_show},
      {"geofence remove", "[--service NAME] [--json]", "take a fence away", {{}, {"--service"}}, run_geofence_remove},
      {"geofence update",
       "[--service NAME] [--json]",
       "compile confirmed fences anew, after a new GeoIP database",
       {{}, {"--service"}},
       run_geofence_update},
      {"geofence restore",
       "[--json]",
       "put confirmed fences into the kernel, at the start of the host",
       {},
       run_geofence_restore},
      {"geofence settle",
       "[--after SECONDS] [--json]",
       "tidy up what was not confirmed in time; runs by itself",
       {{}, {"--after"}},
       run_geofence_settle},
  };
}

std::vector<Command> program_commands() {
  return {
      {"completion", "bash|zsh|fish", "a script that completes these commands", {}, run_completion},
      {"dev types", "", "the page's TypeScript types", {}, run_dev_types},
      {"dev config-reference", "", "docs/configure/reference.md", {}, run_dev_config_reference},
      {"version", "[--json]", "the version", {}, run_version},
  };
}

}  // namespace davylamp::app
