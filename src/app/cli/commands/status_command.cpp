#include <algorithm>
#include <set>

#include "app/cli/command.hpp"
#include "app/cli/quantities.hpp"
#include "app/cli/text_table.hpp"
#include "base/codec.hpp"

namespace davylamp::app {
namespace {

// The daemon asks every server at least once a minute; three missed turns mean that nobody asks.
constexpr base::Seconds silence{180};

struct StatusReport {
  std::string version;
  std::string node;
  base::Time at{};
  std::uint64_t open_sessions = 0;
  std::uint64_t open_users = 0;
  std::uint64_t rx_bytes = 0;  // of the open sessions
  std::uint64_t tx_bytes = 0;
  contract::Totals today;  // since midnight UTC
  std::optional<base::Time> last_report_at;
  std::vector<model::Server> servers;
};
BOOST_DESCRIBE_STRUCT(StatusReport, (),
                      (version, node, at, open_sessions, open_users, rx_bytes, tx_bytes, today, last_report_at,
                       servers))

struct ServerListing {
  std::vector<model::Server> items;
};
BOOST_DESCRIBE_STRUCT(ServerListing, (), (items))

StatusReport make_report(contract::StoreReader& store, base::Time now) {
  StatusReport report;
  report.at = now;
  std::set<std::string> users;
  for (const auto& session : store.open_sessions()) {
    users.insert(session.user);
    report.rx_bytes += session.rx_bytes;
    report.tx_bytes += session.tx_bytes;
    ++report.open_sessions;
  }
  report.open_users = users.size();
  report.today = store.totals(base::floor_to(now, base::Seconds{86'400}), now, {});
  report.servers = store.servers();
  for (const auto& server : report.servers) {
    if (server.last_snapshot_at) report.last_report_at = std::max(report.last_report_at, server.last_snapshot_at);
  }
  return report;
}

std::string server_table(const std::vector<model::Server>& servers, base::Time now) {
  TextTable table({{"SERVER"},
                   {"STATE"},
                   {"SINCE"},
                   {"SESSIONS", Align::right},
                   {"DOWN", Align::right},
                   {"UP", Align::right},
                   {"HEALTH"}});
  for (const auto& server : servers) {
    table.add({server.name + (server.lab ? " (lab)" : ""), std::string(base::json::enum_name(server.state)),
               span_text(now - server.since_at), std::to_string(server.sessions), bytes_text(server.tx_bytes),
               bytes_text(server.rx_bytes), server.health});
  }
  return table.to_string();
}

std::string status_text(const StatusReport& report) {
  std::string text = "Davylamp " + report.version + " on " + report.node + ", as of the last commit\n\n";
  text += "open      " + std::to_string(report.open_sessions) + " sessions of " + std::to_string(report.open_users) +
          " users, " + bytes_text(report.tx_bytes) + " down, " + bytes_text(report.rx_bytes) + " up\n";
  text += "today     " + std::to_string(report.today.sessions) + " sessions, " + bytes_text(report.today.tx_bytes) +
          " down, " + bytes_text(report.today.rx_bytes) + " up, since midnight UTC\n";
  if (report.last_report_at) {
    const auto age = report.at - *report.last_report_at;
    text += "reported  " + span_text(age) + " ago" + (age > silence ? "; is davylampd running?" : "") + "\n";
  }
  if (report.servers.empty()) return text + "\nNo server has been watched yet.\n";
  return text + "\n" + server_table(report.servers, report.at);
}

}  // namespace

int run_status(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "status: takes no names");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto store = store_to_look_at(call, *config);
  if (!store) return exit_failed;
  auto report = make_report(*store->reader(), call.world.clock.now());
  report.version = call.world.version;
  report.node = config->node.name;
  call.world.out << (call.json ? base::json::write(report) + "\n" : status_text(report));
  return exit_ok;
}

int run_servers(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "servers: takes no names");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto store = store_to_look_at(call, *config);
  if (!store) return exit_failed;
  const ServerListing listing{store->reader()->servers()};
  if (call.json) {
    call.world.out << base::json::write(listing) << "\n";
  } else {
    call.world.out << server_table(listing.items, call.world.clock.now()) << "\nas of the last commit\n";
  }
  return exit_ok;
}

}  // namespace davylamp::app
