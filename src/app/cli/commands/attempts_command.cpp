#include "app/cli/command.hpp"
#include "app/cli/daemon.hpp"
#include "app/cli/quantities.hpp"
#include "app/cli/text_table.hpp"
#include "base/codec_read.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"
#include "contract/queries.hpp"

namespace davylamp::app {
namespace {

constexpr std::uint64_t most_hours = 24 * 31;
constexpr std::uint64_t most_rows = 1000;

base::Result<std::string> query_of(const Arguments& arguments) {
  std::string query;
  const auto add_number = [&](const std::string& option, const std::string& name,
                              std::uint64_t most) -> base::Result<void> {
    const auto text = arguments.value("--" + option);
    if (!text) return {};
    const auto number = base::parse_number<std::uint64_t>(*text);
    if (!number || *number == 0 || *number > most)
      return base::fail("usage", "--" + option + " must be a number from 1 to " + std::to_string(most));
    query += "&" + name + "=" + std::to_string(*number);
    return {};
  };
  if (!arguments.names.empty()) return base::fail("usage", "takes no names; filter with --outcome and --server");
  if (auto added = add_number("hours", "hours", most_hours); !added) return std::unexpected(added.error());
  if (auto added = add_number("limit", "limit", most_rows); !added) return std::unexpected(added.error());
  if (const auto outcome = arguments.value("--outcome")) {
    if (!base::json::enum_value<model::AttemptOutcome>(*outcome))
      return base::fail("usage", "--outcome must be accepted, refused or failed");
    query += "&outcome=" + std::string(*outcome);
  }
  if (const auto server = arguments.value("--server")) query += "&server=" + base::percent_encoded(*server);
  if (!query.empty()) query.front() = '?';
  return query;
}

std::string from_text(const contract::AttemptRow& row) {
  if (!row.place) return "";
  if (row.place->kind != model::AddressKind::public_) return std::string(base::json::enum_name(row.place->kind));
  if (row.place->city) return *row.place->city + ", " + row.place->country_code.value_or("");
  return row.place->country.value_or("");
}

std::string port_text(const contract::AttemptRow& row) {
  if (!row.port) return row.protocol;
  return row.protocol.empty() ? std::to_string(*row.port) : row.protocol + " " + std::to_string(*row.port);
}

std::string table_of(const contract::AttemptPage& page) {
  TextTable table({{"ADDRESS"},
                   {"FROM"},
                   {"OUTCOME"},
                   {"WHY"},
                   {"USER"},
                   {"PORT"},
                   {"SERVER"},
                   {"ATTEMPTS", Align::right},
                   {"LAST"}});
  for (const auto& row : page.items) {
    table.add({row.address ? row.address->to_string() : "(not kept apart)", from_text(row),
               std::string(base::json::enum_name(row.outcome)), row.why, row.user, port_text(row), row.server,
               std::to_string(row.count), time_text(row.last_at)});
  }
  return table.to_string() + "\n" + std::to_string(page.items.size()) + " of " + std::to_string(page.total) + " rows\n";
}

}  // namespace

int run_attempts(const Call& call) {
  const auto query = query_of(call.arguments);
  if (!query) return usage_error(call, "attempts: " + query.error().message);
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto page = Daemon(call, *config).get<contract::AttemptPage>("/api/v1/attempts" + *query);
  if (call.json) {
    call.world.out << base::json::write(page) << "\n";
  } else if (page.items.empty()) {
    call.world.out << "No attempts were logged in these hours.\n";
  } else {
    call.world.out << table_of(page);
  }
  return exit_ok;
}

}  // namespace davylamp::app
