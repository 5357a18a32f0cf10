#include <filesystem>
#include <fstream>

#include "app/cli/command.hpp"
#include "app/config/rules.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"
#include "notify/secret.hpp"
#include "store/postgres/copy_store.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/daemon_lock.hpp"
#include "store/sqlite/heartbeat_journal.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::app {
namespace {

struct MigrateReport {
  std::uint64_t tables = 0;
  std::uint64_t rows = 0;
};
BOOST_DESCRIBE_STRUCT(MigrateReport, (), (tables, rows))

MigrateReport copy(const Call& call, const std::string& path, const postgres::Config& target) {
  const sqlite::DaemonLock lock(path);
  sqlite::open_read_only({path});
  sqlite::Connection source(path, sqlite::Access::look);
  const auto journal_path = sqlite::journal_path(path);
  std::error_code error;
  std::unique_ptr<sqlite::Connection> journal;
  if (std::filesystem::exists(journal_path, error))
    journal = std::make_unique<sqlite::Connection>(journal_path, sqlite::Access::look);
  MigrateReport report;
  postgres::copy_store(source, journal.get(), target, [&](const postgres::CopiedTable& table) {
    ++report.tables;
    report.rows += table.rows;
    if (!call.json && table.rows > 0) call.world.out << table.name << ": " << table.rows << " rows\n" << std::flush;
  });
  return report;
}

// The engine speaks of the configuration's key, which is not what was typed here.
MigrateReport copy_or_say(const Call& call, const std::string& path, const postgres::Config& target) {
  try {
    return copy(call, path, target);
  } catch (const base::Failure& failure) {
    auto error = failure.error();
    constexpr std::string_view key = "store.url";
    for (auto at = error.message.find(key); at != std::string::npos; at = error.message.find(key, at))
      error.message.replace(at, key.size(), "--to");
    throw base::Failure(error.code, error.message);
  }
}

std::string wrong_target(const std::string& url) {
  StoreConfig store;
  store.url = url;
  const auto problems = broken_store_rules(store);
  if (problems.empty()) return {};
  const bool unknown = !url.starts_with("postgresql://") && !url.starts_with("postgres://");
  if (unknown) return "--to must begin with postgresql://, as in --to postgresql://USER@HOST/DATABASE";
  return "--to must not hold a password, which everyone on this host could read; write it into a file and name that "
         "with --password-file";
}

std::string wrong_source(const std::string& path) {
  constexpr std::string_view magic("SQLite format 3\0", 16);
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return "there is no such database; store.path of the configuration names the one that davylampd made";
  if (!std::filesystem::is_regular_file(path, error))
    return "is no file; name the database itself, such as davylamp.db";
  std::ifstream file(path, std::ios::binary);
  if (!file) return "cannot be read; run this as root or as the user of davylampd";
  std::string start(magic.size(), '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  if (file.gcount() == 0 || start == magic) return {};
  return "is no SQLite database; store.path of the configuration names the one that davylampd made";
}

}  // namespace

// The copy is whole or not there at all, so that it may be tried again.
int run_migrate(const Call& call) {
  const auto from = call.arguments.value("--from");
  const auto to = call.arguments.value("--to");
  if (!call.arguments.names.empty())
    return usage_error(call, "migrate: what is " + base::printable(call.arguments.names.front()) +
                                 "? Write --from FILE --to postgresql://USER@HOST/DATABASE");
  if (!from || !to)
    return usage_error(call, std::string("migrate: needs ") +
                                 (from ? "" : "--from FILE, the SQLite database that is there (store.path)") +
                                 (from || to ? "" : ", and ") +
                                 (to ? "" : "--to postgresql://USER@HOST/DATABASE, an empty database"));
  if (const auto wrong = wrong_target(*to); !wrong.empty()) return usage_error(call, "migrate: " + wrong);
  if (const auto wrong = wrong_source(*from); !wrong.empty()) {
    call.world.err << "davylamp migrate: --from " << base::printable(*from) << ": " << wrong << "\n";
    return exit_failed;
  }
  postgres::Config target;
  target.url = *to;
  if (const auto file = call.arguments.value("--password-file")) {
    const auto password = notify::read_secret(*file);
    if (!password) throw base::Failure("no_secret", "--password-file: " + password.error().message);
    target.password = *password;
  }
  const auto report = copy_or_say(call, *from, target);
  if (call.json) {
    call.world.out << base::json::write(report) << "\n";
  } else {
    call.world.out << report.rows << " rows of " << report.tables
                   << " tables were copied and compared. Set store.url, and start davylampd; " << base::printable(*from)
                   << " is as it was.\n";
  }
  return exit_ok;
}

}  // namespace davylamp::app
