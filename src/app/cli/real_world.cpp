#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <iostream>

#include "api/auth/password.hpp"
#include "app/backends.hpp"
#include "app/cli/command_line.hpp"
#include "app/cli/terminal.hpp"
#include "io/system_clock.hpp"
#include "io/system_zones.hpp"
#include "store/postgres/store.hpp"
#include "store/sqlite/backup.hpp"
#include "store/sqlite/import_store.hpp"
#include "store/sqlite/restore.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::app {
namespace {

base::Result<std::string> hash_password(std::string_view password) {
  if (auto strong = api::check_password_strength(password); !strong) return std::unexpected(strong.error());
  return api::PasswordHasher().hash(password);
}

// What works on a file, where the store is none.
void refuse_database(const Config& config, std::string_view what, std::string_view instead) {
  if (!config.store.url) return;
  throw base::Failure("not_here", std::string(what) +
                                      " works on SQLite, and the store is the PostgreSQL database of store.url: " +
                                      std::string(instead));
}

std::string back_up(const Config& config, const std::string& path) {
  refuse_database(config, "a backup", "use pg_dump, as docs/operate/postgresql.md says");
  return sqlite::backup(config.store.path, path);
}

std::string restore(const Config& config, const std::string& path, base::Time now) {
  refuse_database(config, "restoring", "use pg_restore, as docs/operate/postgresql.md says");
  const auto restored = sqlite::restore(path, config.store.path, now);
  return config.store.path + " is what " + path + " held" +
         (restored.kept_at.empty() ? "" : "; what was there before is " + restored.kept_at);
}

// Best effort: what it starts only tidies up.
void start_detached(const std::vector<std::string>& words) {
  std::vector<std::string> all{"davylamp"};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> pointers;
  pointers.reserve(all.size() + 1);
  for (auto& word : all) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int file : {0, 1, 2}) posix_spawn_file_actions_addopen(&actions, file, "/dev/null", O_RDWR, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t child = 0;
  (void)::posix_spawn(&child, "/proc/self/exe", &actions, &attributes, pointers.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
}

std::unique_ptr<contract::ImportStore> open_import(const Config& config) {
  refuse_database(config, "an import", "import into SQLite, then move everything with davylamp migrate");
  return sqlite::open_import(config.store.path);
}

std::unique_ptr<contract::Store> open_read_only(const Config& config) {
  if (config.store.url) return postgres::open_read_only(postgres_config(config));
  return sqlite::open_read_only({config.store.path});
}

}  // namespace

int run_command_line(int argc, char** argv, std::string_view version) {
  const std::vector<std::string_view> words(argv + std::min(argc, 1), argv + argc);
  const io::SystemClock clock;
  const io::SystemZones zones;
  CliWorld world{std::cin,
                 std::cout,
                 std::cerr,
                 clock,
                 std::string(version),
                 "",
                 config_environment(),
                 [](const Config& config) { return open_store(config); },
                 ask_secret_on_terminal,
                 hash_password,
                 [](const std::string& path, const ControlRequest& request) { return ask_daemon(path, request); },
                 &zones,
                 back_up,
                 [&clock](const Config& config, const std::string& path) { return restore(config, path, clock.now()); },
                 open_import,
                 open_read_only,
                 start_detached};
  const int code = run_command_line(words, world);
  // A full disk or a closed pipe must not look like success.
  if (!std::cout.flush() && code == exit_ok) return exit_failed;
  return code;
}

}  // namespace davylamp::app
