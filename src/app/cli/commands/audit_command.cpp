// The audit log: a look, all of it, and whether its chain holds. Works on the store, whether the daemon runs or not.
#include "api/audit_export.hpp"
#include "app/cli/command.hpp"
#include "app/cli/quantities.hpp"
#include "app/cli/text_table.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::uint64_t most_at_once = 1'000;

int print_check(const Call& call, const model::AuditCheck& check) {
  auto& out = call.world.out;
  if (call.json) {
    out << base::json::write(check) << "\n";
  } else if (check.broken_at) {
    out << "the chain breaks at line " << *check.broken_at
        << ": it was changed, taken out or put in by something else than Davylamp\n";
  } else {
    out << "the chain of " << check.lines << " lines holds";
    if (check.first_number > 1) out << "; those before line " << check.first_number << " were forgotten by retention";
    out << "\nlast hash: " << check.last_hash << "\n";
  }
  return check.broken_at ? exit_failed : exit_ok;
}

void export_lines(const Call& call, contract::AccountStore& store) {
  const bool csv = call.arguments.value("--format").value_or("ndjson") == "csv";
  if (csv) call.world.out << api::audit_csv_head();
  std::optional<std::uint64_t> before;
  do {
    const auto page = api::read_audit(store, {}, {most_at_once, before});
    for (const auto& entry : page.items)
      call.world.out << (csv ? api::audit_csv_line(entry) : base::json::write(entry) + "\n");
    before = page.next_before;
  } while (before);
}

void print_table(const Call& call, const api::AuditList& list) {
  TextTable table({{"NUMBER", Align::right}, {"WHEN"}, {"WHO"}, {"DID"}, {"TO"}, {"FROM"}, {"REASON"}});
  for (const auto& entry : list.items) {
    table.add({std::to_string(entry.number), time_text(entry.at), entry.account, entry.action, entry.subject,
               entry.remote_address, entry.reason});
  }
  call.world.out << table.to_string();
}

}  // namespace

int run_audit(const Call& call) {
  const auto& arguments = call.arguments;
  if (!arguments.names.empty()) return usage_error(call, "audit: takes no names");
  const bool check = arguments.has("--check");
  const bool whole = arguments.has("--export");
  if (check && whole) return usage_error(call, "audit: --check and --export contradict each other");
  const auto limit = base::parse_number<std::uint32_t>(arguments.value("--limit").value_or("100"));
  if (!limit || *limit == 0 || *limit > most_at_once)
    return usage_error(call, "audit: --limit must be a number from 1 to 1000");
  const auto format = arguments.value("--format").value_or("ndjson");
  if (format != "ndjson" && format != "csv") return usage_error(call, "audit: --format must be ndjson or csv");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto store = store_to_look_at(call, *config);
  if (!store) return exit_failed;
  const auto accounts = store->accounts();
  if (check) return print_check(call, accounts->check_audit());
  if (whole) {
    export_lines(call, *accounts);
    return exit_ok;
  }
  const api::AuditFilter filter{arguments.value("--account").value_or(""), arguments.value("--action").value_or("")};
  const auto list = api::read_audit(*accounts, filter, {*limit, std::nullopt});
  if (call.json) {
    call.world.out << base::json::write(list) << "\n";
  } else {
    print_table(call, list);
  }
  return exit_ok;
}

}  // namespace davylamp::app
