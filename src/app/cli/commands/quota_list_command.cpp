#include <algorithm>

#include "api/dto/limits.hpp"
#include "app/cli/daemon.hpp"
#include "app/cli/limit_words.hpp"
#include "app/cli/moments.hpp"
#include "app/cli/quantities.hpp"
#include "app/cli/text_table.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::size_t page_size = 500;
constexpr std::size_t most_quotas = 100'000;

std::string percent_text(const model::Quota& quota) {
  if (quota.allowed_bytes == 0) return "";
  return std::to_string(static_cast<std::uint64_t>(100.0 * static_cast<double>(quota.used_bytes) /
                                                   static_cast<double>(quota.allowed_bytes))) +
         " %";
}

std::string runs_out_text(const model::Quota& quota, base::Time now) {
  if (quota.state == model::QuotaState::reached) return "now";
  return quota.runs_out_at ? "in " + span_text(*quota.runs_out_at - now) : "";
}

std::string state_text(const model::Quota& quota) {
  return std::string(base::json::enum_name(quota.state)) + (quota.enforce ? "" : " (not enforced)");
}

void add_row(TextTable& table, const model::Quota& quota, const Here& here) {
  table.add({quota.user.empty() ? quota.group + " together" : quota.user, quota.user.empty() ? "" : quota.group,
             state_text(quota), bytes_text(quota.used_bytes), bytes_text(quota.allowed_bytes), percent_text(quota),
             std::string(base::json::enum_name(quota.direction)), std::string(base::json::enum_name(quota.period)),
             runs_out_text(quota, here.now), quota.resets_at ? local_text(*quota.resets_at, here) : "",
             std::to_string(quota.limit_id)});
}

TextTable quota_table() {
  return TextTable({{"USER"},
                    {"GROUP"},
                    {"STATE"},
                    {"USED", Align::right},
                    {"OF", Align::right},
                    {"", Align::right},
                    {"COUNTS"},
                    {"PERIOD"},
                    {"RUNS OUT"},
                    {"RESETS"},
                    {"LIMIT", Align::right}});
}

base::Result<std::string> query_of(const Arguments& arguments) {
  std::string query;
  const auto add = [&](std::string_view option, std::string_view name) {
    if (const auto value = arguments.value(option))
      query += "&" + std::string(name) + "=" + base::percent_encoded(*value);
  };
  const auto state = arguments.value("--state").value_or("ok");
  if (!base::json::enum_value<model::QuotaState>(state)) {
    return base::fail("usage", "--state must be ok, near or reached");
  }
  const auto sort = arguments.value("--sort").value_or("user");
  if (sort != "runs_out_at" && sort != "user" && sort != "used_bytes" && sort != "percent") {
    return base::fail("usage", "--sort must be runs_out_at, user, used_bytes or percent");
  }
  add("--state", "state");
  add("--group", "group");
  add("--sort", "sort");
  return query;
}

// Page by page, until `wanted` are there.
api::QuotaPage quotas(const Daemon& daemon, const std::string& query, std::size_t wanted) {
  api::QuotaPage all;
  std::optional<std::string> cursor;
  do {
    auto target = "/api/v1/quotas?limit=" + std::to_string(std::min(page_size, wanted - all.items.size())) + query;
    if (cursor) target += "&cursor=" + base::percent_encoded(*cursor);
    auto page = daemon.get<api::QuotaPage>(target);
    all.total = page.total;
    std::ranges::move(page.items, std::back_inserter(all.items));
    cursor = page.items.empty() ? std::nullopt : page.next_cursor;
  } while (cursor && all.items.size() < wanted);
  return all;
}

base::Result<std::size_t> wanted_count(const Arguments& arguments) {
  const auto text = arguments.value("--limit");
  if (!text) return std::size_t{1000};
  const auto count = base::parse_number<std::size_t>(*text);
  if (!count || *count == 0 || *count > most_quotas) {
    return base::fail("usage", "--limit must be a number from 1 to 100000");
  }
  return *count;
}

// How everything stands that binds one user.
struct UserQuotas {
  std::string user;
  std::vector<model::Quota> quotas;
  std::vector<model::Grant> grants;
  std::vector<model::UsagePeriod> periods;
  std::optional<model::Block> block;
};
BOOST_DESCRIBE_STRUCT(UserQuotas, (), (user, quotas, grants, periods, block))

UserQuotas quotas_of(const Daemon& daemon, const std::string& user) {
  UserQuotas found{user, {}, {}, {}, {}};
  const auto limits = daemon.get<model::Limits>("/api/v1/limits");
  const auto is_bound = [&](const model::Quota& quota) {
    return quota.user == user || (quota.user.empty() && is_member(limits, quota.group, user));
  };
  // What binds the user alone is found by name, what binds a group together by its group.
  for (auto& quota : quotas(daemon, "&q=" + base::percent_encoded(user), most_quotas).items) {
    if (quota.user == user) found.quotas.push_back(std::move(quota));
  }
  for (const auto& limit : limits.limits) {
    if (limit.subject_kind != model::LimitSubject::group || !is_member(limits, limit.subject, user)) continue;
    for (auto& quota : quotas(daemon, "&group=" + base::percent_encoded(limit.subject), most_quotas).items) {
      if (quota.limit_id == limit.id && is_bound(quota)) found.quotas.push_back(std::move(quota));
    }
  }
  for (const auto& quota : found.quotas) {
    for (const auto& grant : limits.grants) {
      if (grant.limit_id == quota.limit_id && (grant.user.empty() || grant.user == user)) found.grants.push_back(grant);
    }
    auto target =
        "/api/v1/limits/" + std::to_string(quota.limit_id) + "/periods?user=" + base::percent_encoded(quota.user);
    std::ranges::move(daemon.get<api::PeriodList>(target).items, std::back_inserter(found.periods));
  }
  const auto block = std::ranges::find(limits.blocks, user, &model::Block::user);
  if (block != limits.blocks.end()) found.block = *block;
  return found;
}

std::string user_text(const UserQuotas& found, const Here& here) {
  std::string text;
  if (found.block) {
    text += found.user + " is blocked" +
            (found.block->until_at ? " until " + local_text(*found.block->until_at, here) : "") + " by " +
            found.block->blocked_by + ": " + found.block->reason + "\n\n";
    text = base::printable(text.substr(0, text.size() - 2)) + "\n\n";
  }
  if (found.quotas.empty()) return text + "No limit binds " + base::printable(found.user) + ".\n";
  auto table = quota_table();
  for (const auto& quota : found.quotas) add_row(table, quota, here);
  text += table.to_string();
  if (!found.grants.empty()) {
    TextTable grants({{"GRANTED", Align::right}, {"UNTIL"}, {"BY"}, {"REASON"}, {"LIMIT", Align::right}});
    for (const auto& grant : found.grants) {
      grants.add({bytes_text(grant.bytes), local_text(grant.until_at, here), grant.granted_by, grant.reason,
                  std::to_string(grant.limit_id)});
    }
    text += "\n" + grants.to_string();
  }
  if (!found.periods.empty()) {
    TextTable periods({{"PERIOD FROM"}, {"TO"}, {"USED", Align::right}, {"OF", Align::right}, {"LIMIT", Align::right}});
    for (const auto& period : found.periods) {
      periods.add({local_text(period.start_at, here), local_text(period.end_at, here), bytes_text(period.used_bytes),
                   bytes_text(period.allowed_bytes), std::to_string(period.limit_id)});
    }
    text += "\n" + periods.to_string();
  }
  return text;
}

}  // namespace

int run_quota_list(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "quota list: takes no names; try davylamp quota show");
  const auto query = query_of(call.arguments);
  if (!query) return usage_error(call, "quota list: " + query.error().message);
  const auto wanted = wanted_count(call.arguments);
  if (!wanted) return usage_error(call, "quota list: " + wanted.error().message);
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto page = quotas(Daemon(call, *config), *query, *wanted);
  if (call.json) {
    call.world.out << base::json::write(page) << "\n";
    return exit_ok;
  }
  auto table = quota_table();
  const Here here{*call.world.zones, config->quota.zone, call.world.clock.now()};
  for (const auto& quota : page.items) add_row(table, quota, here);
  call.world.out << table.to_string() << "\n" << page.items.size() << " of " << page.total << " quotas\n";
  return exit_ok;
}

int run_quota_show(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "quota show: needs one USER");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto found = quotas_of(Daemon(call, *config), call.arguments.names.front());
  const Here here{*call.world.zones, config->quota.zone, call.world.clock.now()};
  call.world.out << (call.json ? base::json::write(found) + "\n" : user_text(found, here));
  return exit_ok;
}

}  // namespace davylamp::app
