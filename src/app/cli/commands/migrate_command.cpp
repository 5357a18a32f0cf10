#include <filesystem>

#include "app/cli/command.hpp"
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

}  // namespace

// The copy is whole or not there at all, so that it may be tried again.
int run_migrate(const Call& call) {
  const auto from = call.arguments.value("--from");
  const auto to = call.arguments.value("--to");
  if (!from || !to) return usage_error(call, "migrate: needs --from FILE and --to postgresql://USER@HOST/DATABASE");
  std::error_code error;
  if (!std::filesystem::exists(*from, error)) {
    call.world.err << "davylamp migrate: " << base::printable(*from) << ": there is no such database\n";
    return exit_failed;
  }
  postgres::Config target;
  target.url = *to;
  if (const auto file = call.arguments.value("--password-file"))
    target.password = base::value_or_throw(notify::read_secret(*file));
  const auto report = copy(call, *from, target);
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
