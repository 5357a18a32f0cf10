#include <algorithm>

#include "api/dto/limits.hpp"
#include "app/cli/amounts.hpp"
#include "app/cli/daemon.hpp"
#include "app/cli/limit_words.hpp"
#include "app/cli/moments.hpp"
#include "app/cli/quantities.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

struct Removed {
  std::uint64_t removed_limit_id = 0;
};
BOOST_DESCRIBE_STRUCT(Removed, (), (removed_limit_id))

// The limit that ID|USER means. A user may be called like a number: then it must be said which.
base::Result<model::Limit> limit_to_remove(const model::Limits& limits, const std::string& name) {
  std::vector<model::Limit> own;
  for (const auto& limit : limits.limits) {
    if (limit.subject_kind == model::LimitSubject::user && limit.subject == name) own.push_back(limit);
  }
  const auto by_id = meant_limit(limits, "", name);
  if (by_id && !own.empty() && own.front().id != by_id->id) {
    return base::fail("usage", name + " is a limit and a user; remove by id: " + limit_text(own.front()));
  }
  if (by_id) return by_id;
  if (own.size() == 1) return own.front();
  if (own.empty())
    return base::fail("usage", base::printable(name) + " has no limit alone; davylamp quota list has the ids");
  std::string choices;
  for (const auto& limit : own) choices += "; " + limit_text(limit);
  return base::fail("usage", "give the id of one" + base::printable(choices));
}

// The member, for a limit on each member of a group.
std::optional<std::string> member(const model::Limit& limit, const std::string& user) {
  if (limit.subject_kind != model::LimitSubject::each) return std::nullopt;
  return user;
}

std::string zone_of(const Call& call, const Config& config) {
  return call.arguments.value("--zone").value_or(config.quota.zone);
}

}  // namespace

int run_quota_remove(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "quota remove: needs one ID or USER");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const Daemon daemon(call, *config);
  const auto limit = limit_to_remove(daemon.get<model::Limits>("/api/v1/limits"), call.arguments.names.front());
  if (!limit) return usage_error(call, "quota remove: " + limit.error().message);
  daemon.ask({"DELETE", "/api/v1/limits/" + std::to_string(limit->id), ""});
  if (call.json) {
    call.world.out << base::json::write(Removed{limit->id}) << "\n";
  } else {
    call.world.out << base::printable(limit_text(*limit)) << " is removed\n";
  }
  return exit_ok;
}

int run_quota_grant(const Call& call) {
  const auto& names = call.arguments.names;
  const auto until = call.arguments.value("--until");
  if (names.size() < 2 || names.size() > 3 || !until) {
    return usage_error(call, "quota grant: needs USER, a volume like 5GB, and --until");
  }
  const auto bytes = parse_volume(names.size() == 3 ? names[1] + " " + names[2] : names[1]);
  if (!bytes) return usage_error(call, "quota grant: " + bytes.error().message);
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const Here here{*call.world.zones, zone_of(call, *config), call.world.clock.now()};
  const auto moment = parse_until(*until, here);
  if (!moment) return usage_error(call, "quota grant: --until " + moment.error().message);
  const Daemon daemon(call, *config);
  const auto limits = daemon.get<model::Limits>("/api/v1/limits");
  const auto limit = meant_limit(limits, names[0], call.arguments.value("--limit"));
  if (!limit) return usage_error(call, "quota grant: " + limit.error().message);
  const api::GrantRequest wish{member(*limit, names[0]), *bytes, *moment, call.arguments.value("--reason")};
  const auto grant = daemon.send<model::Grant>("POST", "/api/v1/limits/" + std::to_string(limit->id) + "/grants", wish);
  if (call.json) {
    call.world.out << base::json::write(grant) << "\n";
  } else {
    call.world.out << base::printable(names[0] + " has " + bytes_text(grant.bytes) + " more until " +
                                      local_text(grant.until_at, here) + " (" + limit_text(*limit) + ")")
                   << "\n";
  }
  return exit_ok;
}

int run_quota_reset(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "quota reset: needs one USER");
  const auto& user = call.arguments.names.front();
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const Daemon daemon(call, *config);
  const auto limits = daemon.get<model::Limits>("/api/v1/limits");
  const auto limit = meant_limit(limits, user, call.arguments.value("--limit"));
  if (!limit) return usage_error(call, "quota reset: " + limit.error().message);
  const api::ResetRequest wish{member(*limit, user), call.arguments.value("--reason")};
  daemon.ask({"POST", "/api/v1/limits/" + std::to_string(limit->id) + "/reset", base::json::write(wish)});
  if (call.json) {
    call.world.out << "{\"reset_limit_id\":" << limit->id << "}\n";
  } else {
    call.world.out << base::printable(limit_text(*limit)) << " counts from now on\n";
  }
  return exit_ok;
}

}  // namespace davylamp::app
