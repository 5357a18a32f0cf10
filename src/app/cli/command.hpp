// What a command of `davylamp` is and gets.
#pragma once

#include <functional>
#include <istream>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

#include "app/cli/arguments.hpp"
#include "app/cli/control_client.hpp"
#include "app/config.hpp"
#include "base/time.hpp"
#include "base/zone.hpp"
#include "contract/import_store.hpp"
#include "contract/store.hpp"

namespace davylamp::app {

// Exit codes.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;  // not found, refused, or the world failed
inline constexpr int exit_usage = 2;   // wrong arguments or a wrong configuration
inline constexpr int exit_none = 3;    // discover: nothing usable

// The outside world as the commands see it; a test gives its own.
struct CliWorld {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  const base::Clock& clock;
  std::string version;
  std::string root;  // stands in front of /proc and /etc for discover; "" on a real host
  Environment environment;
  // Opens the store of a configuration. Throws base::Failure.
  std::function<std::unique_ptr<contract::Store>(const Config&)> open_store;
  // Asks on the terminal without echo. Fails when there is no terminal.
  std::function<base::Result<std::string>(std::string_view prompt)> ask_secret;
  // Hashes a password for the store; fails when it is too weak.
  std::function<base::Result<std::string>(std::string_view password)> hash_password;
  // One question to the daemon at a control socket: ask_daemon().
  std::function<base::Result<ControlAnswer>(const std::string& socket_path, const ControlRequest& request)> ask_daemon =
      {};
  const base::Zones* zones = &base::utc_zones;
  // Copies the store of a configuration to a new file, beside a daemon that may be running; says how much it was.
  std::function<std::string(const Config&, const std::string& path)> backup = {};
  // Puts such a copy in the place of the store; says what became of the old one. Both throw base::Failure.
  std::function<std::string(const Config&, const std::string& path)> restore = {};
  std::function<std::unique_ptr<contract::ImportStore>(const Config&)> open_import = {};
  // Opens it for commands that only read, which need no right to write. Left out: open_store.
  std::function<std::unique_ptr<contract::Store>(const Config&)> look_at_store = {};
  // Starts this program with these words, in a session of its own, and does not wait for it.
  std::function<void(const std::vector<std::string>& words)> start_detached = {};
};

// One call of a command.
struct Call {
  CliWorld& world;
  const Arguments& arguments;
  std::string config_path;
  bool json = false;
  std::span<const std::string_view> words;  // as given, after the command's name
};

struct Command {
  std::string_view name;      // "user add"
  std::string_view synopsis;  // what follows the name
  std::string_view summary;   // one line
  OptionTable options;
  int (*run)(const Call& call);
};

// In the order of the usage text.
const std::vector<Command>& commands();

// The configuration, or nothing after its problems were told on `err`.
std::optional<Config> config_or_complaint(const Call& call);
// The store of a configuration; null after a complaint when there is none yet.
std::unique_ptr<contract::Store> store_or_complaint(const Call& call, const Config& config);
// The same for a command that only reads: it needs no right to write, and works on a read-only file system.
std::unique_ptr<contract::Store> store_to_look_at(const Call& call, const Config& config);
// One line on `err`: "davylamp NAME: TEXT; see davylamp help".
int usage_error(const Call& call, std::string_view text);

int run_status(const Call& call);
int run_sessions(const Call& call);
int run_servers(const Call& call);
int run_user_add(const Call& call);
int run_user_passwd(const Call& call);
int run_user_list(const Call& call);
int run_user_role(const Call& call);
int run_user_scope(const Call& call);
int run_user_remove(const Call& call);
int run_user_second_factor_remove(const Call& call);
int run_server_group_list(const Call& call);
int run_server_group_set(const Call& call);
int run_server_group_remove(const Call& call);
int run_quota_list(const Call& call);
int run_quota_show(const Call& call);
int run_quota_set(const Call& call);
int run_quota_remove(const Call& call);
int run_quota_grant(const Call& call);
int run_quota_reset(const Call& call);
int run_group_list(const Call& call);
int run_group_set(const Call& call);
int run_group_remove(const Call& call);
int run_block(const Call& call);
int run_unblock(const Call& call);
int run_disconnect(const Call& call);
int run_agents(const Call& call);
int run_agents_add(const Call& call);
int run_agents_token(const Call& call);
int run_agents_remove(const Call& call);
int run_node_enrol(const Call& call);
int run_node_list(const Call& call);
int run_node_remove(const Call& call);
int run_alerts(const Call& call);
int run_alerts_ack(const Call& call);
int run_alerts_rules(const Call& call);
int run_silence_add(const Call& call);
int run_silence_list(const Call& call);
int run_silence_end(const Call& call);
int run_channels(const Call& call);
int run_channels_test(const Call& call);
int run_attempts(const Call& call);
int run_audit(const Call& call);
int run_jobs(const Call& call);
int run_jobs_run(const Call& call);
int run_losses(const Call& call);
int run_privacy_show(const Call& call);
int run_privacy_export(const Call& call);
int run_privacy_erase(const Call& call);
int run_backup(const Call& call);
int run_restore(const Call& call);
int run_import(const Call& call);
int run_migrate(const Call& call);
int run_completion(const Call& call);
int run_discover(const Call& call);
int run_setup_openvpn(const Call& call);
int run_doctor(const Call& call);
int run_decode_command(const Call& call);
int run_geofence(const Call& call);
int run_geofence_confirm(const Call& call);
int run_geofence_show(const Call& call);
int run_geofence_remove(const Call& call);
int run_geofence_update(const Call& call);
int run_geofence_restore(const Call& call);
int run_geofence_settle(const Call& call);
int run_check(const Call& call);
int run_dev_types(const Call& call);
int run_dev_config_reference(const Call& call);
int run_version(const Call& call);

}  // namespace davylamp::app
