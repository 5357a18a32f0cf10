#include <algorithm>
#include <thread>

#include "app/cli/commands/geofence.hpp"
#include "app/cli/quantities.hpp"
#include "app/cli/text_table.hpp"
#include "app/geofence/compile.hpp"
#include "app/geofence/nft_program.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::uint32_t longest_wait_seconds = 3'700;

struct FenceRow {
  std::string service;
  std::string state;  // "confirmed", "tried", "missing" from the kernel, "unknown" without the right to look
  FenceRequest request;
  base::Time since_at{};
  base::Time compiled_at{};
  std::optional<base::Time> expires_at;
  std::vector<FenceShare> networks;
  FenceCounts counts;
};
BOOST_DESCRIBE_STRUCT(FenceRow, (), (service, state, request, since_at, compiled_at, expires_at, networks, counts))

struct FenceRows {
  std::vector<FenceRow> items;
  std::optional<std::string> problem;
};
BOOST_DESCRIBE_STRUCT(FenceRows, (), (items, problem))

FenceRows rows_of(const Fences::Show& show, const std::optional<std::string>& service) {
  FenceRows rows;
  if (!show.problem.empty()) rows.problem = show.problem;
  for (const auto& shown : show.fences) {
    if (service && shown.entry.service != *service) continue;
    const auto& judge = shown.entry.tried ? *shown.entry.tried : *shown.entry.kept;
    const char* state = shown.entry.tried ? "tried" : "confirmed";
    if (!shown.judging) state = rows.problem ? "unknown" : "missing";
    rows.items.push_back({shown.entry.service, state, judge.request, judge.since_at, judge.compiled_at,
                          judge.expires_at, judge.shares, shown.counts});
  }
  return rows;
}

std::string count_text(const FenceCount& v4, const FenceCount& v6) {
  return std::to_string(v4.packets) + " + " + std::to_string(v6.packets) + " (" + bytes_text(v4.bytes + v6.bytes) + ")";
}

std::string state_text(const FenceRow& row, base::Time now) {
  if (row.state == "tried" && row.expires_at) return "tried, " + span_text(*row.expires_at - now) + " left";
  if (row.state == "missing") return "NOT IN THE KERNEL";
  return row.state;
}

std::string rows_text(const FenceRows& rows, base::Time now) {
  TextTable table({{"SERVICE"},
                   {"STATE"},
                   {"LETS IN"},
                   {"SINCE"},
                   {"ALLOWED V4 + V6", Align::right},
                   {"REFUSED V4 + V6", Align::right}});
  bool missing = false;
  for (const auto& row : rows.items) {
    missing = missing || row.state == "missing";
    table.add({row.service, state_text(row, now), who_comes_in(row.request), time_text(row.since_at),
               count_text(row.counts.allowed4, row.counts.allowed6),
               count_text(row.counts.refused4, row.counts.refused6)});
  }
  auto text = table.to_string();
  if (missing) text += "\nSomething has emptied nftables; davylamp geofence restore puts confirmed fences back.\n";
  if (rows.problem) text += "\n" + base::printable(*rows.problem) + "\n";
  return text;
}

struct Done {
  bool ok = true;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Done, (), (ok, text))

int tell(const Call& call, const base::Result<void>& result, const std::string& done) {
  const Done said{result.has_value(), result ? done : result.error().message};
  if (call.json) {
    call.world.out << base::json::write(said) << "\n";
  } else {
    (said.ok ? call.world.out : call.world.err) << said.text << "\n";
  }
  return said.ok ? exit_ok : exit_failed;
}

// The one that is named, or the only one there is.
base::Result<std::string> service_of(const Call& call, Fences& fences) {
  if (auto given = call.arguments.value("--service")) return *given;
  const auto show = fences.show();
  if (show.fences.size() == 1) return show.fences.front().entry.service;
  return base::fail("usage",
                    show.fences.empty() ? "there is no fence" : "there are several fences; name one with --service");
}

template <class Act>
int act_on_one(const Call& call, Act act, const std::string& done) {
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  auto fences = fences_of(*config);
  const auto service = service_of(call, fences);
  if (!service) return tell(call, std::unexpected(service.error()), "");
  return tell(call, act(fences, *service), "the fence of " + base::printable(*service) + " " + done);
}

}  // namespace

Fences fences_of(const Config& config) {
  return {config.node.state_directory, run_nft};
}

base::Result<CompiledFence> compile_with(const Config& config, const FenceRequest& request) {
  return compile_fence(request, open_databases(config.geoip));
}

std::string who_comes_in(const FenceRequest& request) {
  const auto join = [](const std::vector<std::string>& countries, const std::vector<std::uint32_t>& networks) {
    std::string text;
    for (const auto& code : countries) text += (text.empty() ? "" : ", ") + code;
    for (const auto number : networks) text += (text.empty() ? "AS" : ", AS") + std::to_string(number);
    return text;
  };
  auto named = join(request.allow, request.asn);
  const auto denied = join(request.deny, request.deny_asn);
  if (denied.empty()) return named;
  return (named.empty() ? "everybody" : named) + " but not " + denied;
}

int run_geofence_confirm(const Call& call) {
  return act_on_one(
      call, [](Fences& fences, const std::string& service) { return fences.confirm(service); },
      "is confirmed: it holds until it is removed");
}

int run_geofence_remove(const Call& call) {
  return act_on_one(call, [](Fences& fences, const std::string& service) { return fences.remove(service); }, "is gone");
}

int run_geofence_show(const Call& call) {
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto service = call.arguments.value("--service");
  const auto rows = rows_of(fences_of(*config).show(), service);
  if (call.json) {
    call.world.out << base::json::write(rows) << "\n";
  } else if (rows.items.empty()) {
    call.world.out << (service ? base::printable(*service) + " has no fence\n" : "there is no fence\n");
  } else {
    call.world.out << rows_text(rows, call.world.clock.now());
  }
  return service && rows.items.empty() ? exit_failed : exit_ok;
}

int run_geofence_restore(const Call& call) {
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto count = fences_of(*config).restore();
  return tell(call, {}, std::to_string(count) + (count == 1 ? " fence is" : " fences are") + " in the kernel");
}

int run_geofence_update(const Call& call) {
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  auto fences = fences_of(*config);
  const auto only = call.arguments.value("--service");
  std::string done;
  for (const auto& shown : fences.show().fences) {
    const auto& entry = shown.entry;
    if (!entry.kept || (only && entry.service != *only)) continue;
    const auto fence = base::value_or_throw(compile_with(*config, entry.kept->request));
    fences.renew(entry.kept->request, fence, call.world.clock.now());
    done += (done.empty() ? "" : "\n") + base::printable(entry.service) + ": " +
            std::to_string(fence.listed.v4.size()) + " IPv4 and " + std::to_string(fence.listed.v6.size()) +
            " IPv6 networks from today's databases";
  }
  if (done.empty() && only) return tell(call, base::fail("not_found", base::printable(*only) + " has no fence"), "");
  return tell(call, {}, done.empty() ? "there is no confirmed fence" : done);
}

int run_geofence_settle(const Call& call) {
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  if (const auto text = call.arguments.value("--after")) {
    const auto seconds = base::parse_number<std::uint32_t>(*text);
    if (!seconds || *seconds > longest_wait_seconds) return usage_error(call, "geofence settle: --after takes seconds");
    std::this_thread::sleep_for(base::Seconds{*seconds});
  }
  std::string ended;
  for (const auto& service : fences_of(*config).settle())
    ended += (ended.empty() ? "" : ", ") + base::printable(service);
  return tell(call, {}, ended.empty() ? "nothing to take back" : "taken back, because nobody confirmed it: " + ended);
}

}  // namespace davylamp::app
