#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "app/cli/daemon.hpp"
#include "app/cli/moments.hpp"
#include "app/cli/quantities.hpp"
#include "app/cli/store_owner.hpp"
#include "app/import/traffic_monitor.hpp"
#include "app/import/web_panel.hpp"
#include "base/text.hpp"
#include "store/sqlite/foreign_tables.hpp"

namespace davylamp::app {
namespace {

constexpr std::uintmax_t largest_file_bytes = 1'000'000'000;
constexpr std::string_view panel_name = "openvpn-web-panel";
constexpr std::string_view monitor_name = "openvpn-traffic-monitor";

struct ImportReport {
  std::string tool;
  bool dry_run = false;
  std::uint64_t records = 0;
  std::uint64_t merged = 0;
  std::uint64_t sessions_added = 0;
  model::Counters added_bytes;
  std::uint64_t sessions_present = 0;
  model::Counters present_bytes;
  std::uint64_t limits_added = 0;
  std::uint64_t limits_present = 0;
  std::vector<Refusal> refused;
  std::vector<std::string> notes;
};
BOOST_DESCRIBE_STRUCT(ImportReport, (),
                      (tool, dry_run, records, merged, sessions_added, added_bytes, sessions_present, present_bytes,
                       limits_added, limits_present, refused, notes))

std::optional<std::string> text_of(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error == std::errc::no_such_file_or_directory) return std::nullopt;
  if (!error && size > largest_file_bytes) throw base::Failure("file", path.string() + ": is larger than 1 GB");
  std::ifstream file(path, std::ios::binary);
  std::string text(error ? 0 : size, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (error || !file) throw base::Failure("file", path.string() + ": cannot be read");
  return text;
}

base::Time written_at(const std::filesystem::path& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) throw base::Failure("file", path.string() + ": cannot be read");
  return base::from_unix_seconds(status.st_mtime);
}

ImportPlan plan_of_panel(const Call& call, const std::filesystem::path& folder, const ImportWish& wish) {
  WebPanelFiles files{text_of(folder / "session_history.json"), text_of(folder / "active_sessions.json"),
                      text_of(folder / "client_geolocation.json"), std::nullopt};
  if (!files.history && !files.active) {
    throw base::Failure("file", folder.string() + ": holds neither session_history.json nor active_sessions.json");
  }
  if (call.arguments.has("--with-active") && files.active) {
    files.active_ended_at = written_at(folder / "active_sessions.json");
  }
  return base::value_or_throw(plan_web_panel(files, wish));
}

// The rows of a table that may be absent.
std::vector<sqlite::ForeignRow> rows_of(sqlite::ForeignDatabase& database, const std::string& table,
                                        const std::vector<std::string>& wanted) {
  const auto present = database.columns(table);
  if (present.empty()) return {};
  for (const auto& column : wanted) {
    if (std::ranges::find(present, column) == present.end()) {
      throw base::Failure("file", std::string("the table ").append(table).append(" has no column ").append(column));
    }
  }
  return database.rows(table, wanted);
}

ImportPlan plan_of_monitor(const std::filesystem::path& path, const ImportWish& wish) {
  sqlite::ForeignDatabase database(path.string());
  if (database.columns("users").empty()) {
    throw base::Failure("file", path.string() + ": is a database without the table users; it is of no known monitor");
  }
  return plan_traffic_monitor(
      {rows_of(database, "users", {"id", "username"}),
       rows_of(database, "user_quotas", {"user_id", "quota_bytes", "bytes_used"}),
       rows_of(database, "traffic_logs", {"id", "user_id", "bytes_sent", "bytes_received", "log_timestamp"})},
      wish);
}

// What is imported, and whether it is the web panel's folder. A history file stands for its folder.
struct Origin {
  std::filesystem::path path;
  bool is_panel = false;
};

base::Result<Origin> origin_of(const Arguments& arguments) {
  auto names = arguments.names;
  std::string said;
  if (names.size() == 2 && (names[0] == panel_name || names[0] == monitor_name)) {
    said = names[0];
    names.erase(names.begin());
  }
  if (names.size() != 1) return base::fail("usage", "needs the folder or the database of another monitor");
  Origin origin{names.front(), false};
  std::error_code error;
  if (!std::filesystem::exists(origin.path, error)) {
    return base::fail("not_found", base::printable(names.front()) + ": there is no such file or folder");
  }
  if (origin.path.extension() == ".json") origin.path = std::filesystem::absolute(origin.path).parent_path();
  origin.is_panel = std::filesystem::is_directory(origin.path, error);
  if (said == panel_name && !origin.is_panel) return base::fail("usage", "the web panel's records are in a folder");
  if (said == monitor_name && origin.is_panel)
    return base::fail("usage", "a traffic monitor's records are in one file");
  return origin;
}

// The times of the web panel are local to a zone that only its own settings tell.
base::Result<std::string> zone_of(const Call& call, bool is_panel) {
  if (const auto zone = call.arguments.value("--zone")) return *zone;
  if (!is_panel) return "UTC";
  const auto found = call.world.environment.find("OPENVPN_MONITOR_TZ");
  if (found != call.world.environment.end() && !found->second.empty()) return found->second;
  return base::fail("usage",
                    "give --zone: the web panel writes local times, of Europe/Bucharest unless its "
                    "OPENVPN_MONITOR_TZ says otherwise");
}

base::Result<std::string> server_of(const Call& call, const Config& config) {
  if (const auto server = call.arguments.value("--server")) return *server;
  if (config.source.openvpn.size() == 1) return config.source.openvpn.front().name;
  return base::fail("usage", "give --server: the name of the server that the sessions belong to");
}

bool is_running(const Call& call, const Config& config) {
  return call.world.ask_daemon(control_socket_path(config), {"GET", "/api/v1/limits", ""}).has_value();
}

// A running daemon makes limits itself, so that they hold at once.
void add_limits(const Call& call, const Config& config, contract::Store& store, const ImportPlan& plan,
                ImportReport& report) {
  const auto limits = store.limits();
  const auto present = limits->limits().limits;
  const bool through_daemon = !report.dry_run && !plan.limits.empty() && is_running(call, config);
  for (const auto& limit : plan.limits) {
    const auto is_same = [&](const model::Limit& other) {
      return other.subject_kind == limit.subject_kind && other.subject == limit.subject &&
             other.note.starts_with(limit.note);
    };
    if (std::ranges::any_of(present, is_same)) {
      ++report.limits_present;
      continue;
    }
    ++report.limits_added;
    if (report.dry_run) continue;
    if (through_daemon) {
      Daemon(call, config).ask({"POST", "/api/v1/limits", base::json::write(limit)});
      continue;
    }
    auto fresh = limit;
    fresh.created_at = call.world.clock.now();
    fresh.created_by = "local";
    base::value_or_throw(limits->add_limit(
        fresh, {fresh.created_at, fresh.created_by, "limit_added", limit.subject, "", "imported from " + plan.tool}));
  }
}

std::string report_text(const ImportReport& report) {
  const auto moved = [](const model::Counters& bytes) {
    return " (" + bytes_text(bytes.tx_bytes) + " down, " + bytes_text(bytes.rx_bytes) + " up)";
  };
  auto text = report.tool + ": " + std::to_string(report.records) + " records read\n";
  text += "  sessions  " + std::to_string(report.sessions_added) + " new" + moved(report.added_bytes) + ", " +
          std::to_string(report.sessions_present) + " already there" + moved(report.present_bytes) + "\n";
  text += "  limits    " + std::to_string(report.limits_added) + " new, " + std::to_string(report.limits_present) +
          " already there\n";
  text += "  merged    " + std::to_string(report.merged) + " that say nothing beside another record\n";
  text += "  refused   " + std::to_string(report.refused.size()) + "\n";
  for (const auto& [record, why] : report.refused) {
    text.append("    ").append(base::printable(record)).append(": ").append(base::printable(why)).append("\n");
  }
  for (const auto& note : report.notes) text += base::printable(note) + "\n";
  return text + (report.dry_run ? "Nothing was written: this was a dry run.\n" : "");
}

ImportWish wish_of(const Call& call, const Config& config, const std::string& server, const std::string& zone) {
  const auto now = call.world.clock.now();
  const base::Seconds kept{std::int64_t{config.retention.sessions_days} * 86'400};
  const auto time = [zones = call.world.zones, zone, now](std::string_view text) {
    return parse_recorded(text, {*zones, zone, now});
  };
  return {server, time, kept.count() == 0 ? base::Time{} : now - kept, now};
}

}  // namespace

int run_import(const Call& call) {
  const auto origin = origin_of(call.arguments);
  if (!origin) return usage_error(call, "import: " + origin.error().message);
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto zone = zone_of(call, origin->is_panel);
  if (!zone) return usage_error(call, "import: " + zone.error().message);
  if (const auto known = call.world.zones->span(*zone, call.world.clock.now()); !known) {
    return usage_error(call, "import: --zone: " + known.error().message);
  }
  const auto server = server_of(call, *config);
  if (!server) return usage_error(call, "import: " + server.error().message);
  const auto wish = wish_of(call, *config, *server, *zone);
  const auto plan = origin->is_panel ? plan_of_panel(call, origin->path, wish) : plan_of_monitor(origin->path, wish);
  const StoreOwner owner(config->store.path);
  const auto store = store_or_complaint(call, *config);
  if (!store) return exit_failed;
  ImportReport report{.tool = plan.tool,
                      .dry_run = call.arguments.has("--dry-run"),
                      .records = plan.records,
                      .merged = plan.merged,
                      .refused = plan.refused,
                      .notes = plan.notes};
  const auto count = call.world.open_import(*config)->import(plan.tool, plan.sessions, report.dry_run);
  report.sessions_added = count.added;
  report.added_bytes = count.added_bytes;
  report.sessions_present = count.present;
  report.present_bytes = count.present_bytes;
  add_limits(call, *config, *store, plan, report);
  call.world.out << (call.json ? base::json::write(report) + "\n" : report_text(report));
  return exit_ok;
}

}  // namespace davylamp::app
