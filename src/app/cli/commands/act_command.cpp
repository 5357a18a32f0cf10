#include <algorithm>

#include "api/dto/house.hpp"
#include "api/dto/limits.hpp"
#include "app/cli/daemon.hpp"
#include "app/cli/moments.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"
#include "contract/queries.hpp"

namespace davylamp::app {
namespace {

struct Ended {
  model::SessionId id = 0;
  bool ok = true;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Ended, (), (id, ok, text))

struct EndedListing {
  std::vector<Ended> items;
};
BOOST_DESCRIBE_STRUCT(EndedListing, (), (items))

// The sessions that SESSION_ID|USER means: all open ones of the user, or the one of that number.
base::Result<std::vector<model::SessionId>> meant_sessions(const Daemon& daemon, const std::string& name) {
  std::vector<model::SessionId> ids;
  const auto target = "/api/v1/sessions?state=open&limit=1000&user=" + base::percent_encoded(name);
  for (const auto& session : daemon.get<contract::SessionPage>(target).items) ids.push_back(session.id);
  const auto number = base::parse_number<model::SessionId>(name);
  if (number && !ids.empty()) {
    return base::fail("usage", name + " is also the name of a user who is connected; end the sessions by their ids: " +
                                   "davylamp sessions --json --user " + name);
  }
  if (number) return std::vector{*number};
  if (ids.empty()) return base::fail("not_connected", base::printable(name) + " is not connected");
  return ids;
}

Ended end_session(const Daemon& daemon, model::SessionId id, const api::EndRequest& wish) {
  const auto target = "/api/v1/sessions/" + std::to_string(id) + "/end";
  try {
    const auto done = daemon.send<api::ActionResult>("POST", target, wish);
    return {id, done.ok, done.text};
  } catch (const base::Failure& failure) {
    // One session that has ended meanwhile must not keep the others.
    if (failure.error().code != "refused") throw;
    return {id, false, failure.what()};
  }
}

}  // namespace

int run_block(const Call& call) {
  const auto reason = call.arguments.value("--reason");
  if (call.arguments.names.size() != 1 || !reason || base::trim(*reason).empty()) {
    return usage_error(call, "block: needs one USER and --reason TEXT");
  }
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const Here here{*call.world.zones, call.arguments.value("--zone").value_or(config->quota.zone),
                  call.world.clock.now()};
  api::BlockRequest wish{std::nullopt, *reason};
  if (const auto until = call.arguments.value("--until")) {
    const auto moment = parse_until(*until, here);
    if (!moment) return usage_error(call, "block: --until " + moment.error().message);
    wish.until_at = *moment;
  }
  const auto& user = call.arguments.names.front();
  const auto block =
      Daemon(call, *config).send<model::Block>("POST", "/api/v1/users/" + base::percent_encoded(user) + "/block", wish);
  if (call.json) {
    call.world.out << base::json::write(block) << "\n";
  } else {
    call.world.out << base::printable(user) << " is blocked "
                   << (block.until_at ? "until " + local_text(*block.until_at, here) : "until davylamp unblock")
                   << "\n";
  }
  return exit_ok;
}

int run_unblock(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "unblock: needs one USER");
  const auto& user = call.arguments.names.front();
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  Daemon(call, *config).ask({"DELETE", "/api/v1/users/" + base::percent_encoded(user) + "/block", ""});
  if (call.json) {
    call.world.out << "{\"unblocked\":" << base::json::write(user) << "}\n";
  } else {
    call.world.out << base::printable(user) << " is let in again\n";
  }
  return exit_ok;
}

int run_disconnect(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "disconnect: needs one SESSION_ID or USER");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const Daemon daemon(call, *config);
  const auto ids = meant_sessions(daemon, call.arguments.names.front());
  if (!ids && ids.error().code == "usage") return usage_error(call, "disconnect: " + ids.error().message);
  const api::EndRequest wish{call.arguments.has("--halt") ? api::EndWish::halt : api::EndWish::kick,
                             call.arguments.value("--reason")};
  EndedListing listing;
  for (const auto id : base::value_or_throw(ids)) listing.items.push_back(end_session(daemon, id, wish));
  if (call.json) {
    call.world.out << base::json::write(listing) << "\n";
  } else {
    for (const auto& ended : listing.items) {
      (ended.ok ? call.world.out : call.world.err)
          << "session " << ended.id << ": " << base::printable(ended.text) << "\n";
    }
  }
  return std::ranges::all_of(listing.items, &Ended::ok) ? exit_ok : exit_failed;
}

}  // namespace davylamp::app
