// The process role's ear for commands and limits, and what it orders and says of losses and of servers that nobody
// looks at.
#include <utility>

#include "app/outlook_history.hpp"
#include "app/process.hpp"

namespace davylamp::app {

io::Task<void> Process::carry_out_commands() {
  for (;;) {
    const auto commands = co_await commands_->next();
    for (const auto& command : commands) carry_out(command);
  }
}

void Process::carry_out(const model::Command& command) {
  if (std::holds_alternative<model::LimitsChanged>(command.order)) {
    limits_changed_ = true;
  } else if (std::holds_alternative<model::AgentsChanged>(command.order)) {
    agents_changed_ = true;
  } else if (std::holds_alternative<model::AlertingChanged>(command.order)) {
    alerting_changed_ = true;
  } else if (const auto* taken = std::get_if<model::Acknowledge>(&command.order)) {
    pipeline_.acknowledge(*taken, dependencies_.clock.now());
  } else if (const auto* test = std::get_if<model::TestChannel>(&command.order)) {
    if (is_chief()) courier_.test(test->channel, command.id);
  } else if (const auto* erased = std::get_if<model::ForgetUser>(&command.order)) {
    pipeline_.forget_user(erased->user);
  } else if (const auto* end = std::get_if<model::EndSession>(&command.order)) {
    if (end->peer.empty()) address(command, *end);
  } else if (const auto* job = std::get_if<model::RunJob>(&command.order)) {
    if (!is_chief()) return;
    if (job->job != "tell_quotas") {
      house_.hurry(job->job);
      return;
    }
    // A view is made anew: it knows quotas and jobs from changes alone.
    std::vector<model::Change> all;
    for (const auto& quota : pipeline_.quotas().quotas()) all.emplace_back(model::QuotaChanged{quota});
    tell(std::move(all));
    house_.tell_all();
  }
}

// Who asks for an end knows the session; the one who ends it needs the source and its key for the peer.
void Process::address(model::Command command, const model::EndSession& order) {
  const auto* row = pipeline_.sessions().session(order.session_id);
  if (row == nullptr) {
    // The shard that gave the id answers; another may have it after the work was divided anew.
    const auto& shard = dependencies_.tenure.shard;
    if (model::shard_of_id(order.session_id, shard.count) == shard.index)
      tell({model::CommandDone{command.id, false, "the session has ended already"}});
    return;
  }
  auto addressed = order;
  addressed.source = row->source;
  addressed.peer = row->peer;
  command.order = std::move(addressed);
  dependencies_.bus.publish(std::move(command));
}

std::string Process::losses_of() const {
  const auto& shard = dependencies_.tenure.shard;
  return shard.is_whole() ? "process" : "process, shard " + std::to_string(shard.index);
}

void Process::tell_losses() {
  const auto& tracker = pipeline_.sessions().stats();
  const auto& bus = dependencies_.bus;
  const auto alerts = pipeline_.alert_losses();
  const auto& agents = pipeline_.agents();
  model::LossesCounted counted{
      losses_of(),
      {{"observations_dropped", bus.observation_stats().dropped,
        "reports that came faster than they were taken; the next ones healed them"},
       {"changes_dropped", bus.change_stats().dropped,
        "changes that a viewer's role was too slow for; its view was made anew"},
       {"commands_dropped", bus.command_stats().dropped, "commands that were not taken in time"},
       {"reports_repeated", tracker.repeated, "reports that were delivered before, not counted again"},
       {"reports_of_unknown_peers", tracker.unknown_peers,
        "counters of a peer that was not listed yet; the listing has them"},
       {"listings_incomplete", tracker.incomplete_listings,
        "listings that lost rows on the way: nothing was taken as gone"},
       {"counters_shrunk", tracker.shrunk_counters, "counters that went back, ignored: a server told less than before"},
       {"finals_unmatched", tracker.unmatched_finals,
        "last words on sessions that no listing had: counted as sessions"},
       {"finals_dropped", tracker.dropped_finals, "last words that could not be kept: too many at once"},
       {"heartbeats_dropped", agents.dropped_heartbeats(), "reports of agents that nobody here knows"},
       {"findings_dropped", agents.dropped_findings(),
        "findings of agents that came and went within one moment, more than could be kept"},
       {"conditions_dropped", alerts.conditions, "conditions that no alert was made of: too many held at once"},
       {"notices_dropped", alerts.notices, "messages that were not sent: too many waited on one channel"},
       {"alert_users_dropped", alerts.users, "users whose countries alerts could not remember: too many"},
       {"series_refused", pipeline_.series_refused(), "values of series that are too many to give early warnings of"},
       {"bot_strangers", bots_.strangers(),
        "messages to the Telegram bot from chats that are not allowed, not answered"},
       {"bot_unanswered", bots_.unanswered(), "questions to the Telegram bot that came too fast"}}};
  for (auto& loss : bus.losses()) counted.losses.push_back(std::move(loss));
  tell({std::move(counted)});
}

// Whatever the store does: a commit may hang or fail for long.
void Process::give_orders() {
  for (auto& command : pipeline_.take_commands()) dependencies_.bus.publish(std::move(command));
}

// Between a take and the next, so that no meter begins in the middle of a cut.
io::Task<void> Process::load_limits() {
  limits_changed_ = false;
  limits_loaded_at_ = dependencies_.clock.now();
  try {
    const auto limits = co_await writer_.call([](contract::StoreWriter& writer) { return writer.limits(); });
    pipeline_.set_limits(limits, dependencies_.clock.now());
  } catch (const base::Failure& failure) {
    dependencies_.log.error("limits could not be read, the ones before hold: " + failure.error().message);
  }
}

io::Task<void> Process::load_alerting() {
  agents_changed_ = alerting_changed_ = false;
  alerting_loaded_at_ = dependencies_.clock.now();
  try {
    if (is_chief()) {
      const auto agents = co_await writer_.call([](contract::StoreWriter& writer) { return writer.agents(); });
      pipeline_.set_agents(agents, dependencies_.clock.now());
    }
    const auto alerting = co_await writer_.call([](contract::StoreWriter& writer) { return writer.alerting(); });
    pipeline_.set_alerting(alerting, dependencies_.clock.now());
  } catch (const base::Failure& failure) {
    dependencies_.log.error("agents and rules could not be read, the ones before hold: " + failure.error().message);
  }
}

// On a thread of its own: years may be stored.
io::Task<void> Process::load_history() {
  io::Worker<contract::StoreReader> reader("store-history", dependencies_.store.reader());
  const auto servers = pipeline_.servers().names();
  try {
    pipeline_.learn(co_await reader.call([servers, now = dependencies_.clock.now()](contract::StoreReader& store) {
      return read_history(store, servers, now);
    }));
  } catch (const base::Failure& failure) {
    dependencies_.log.error("what was usual could not be read, it is learned anew: " + failure.error().message);
  }
}

io::Task<void> Process::load_usage(const std::vector<base::Time>& wanted) {
  for (const auto from : wanted) {
    try {
      const auto rows = co_await writer_.call([from](contract::StoreWriter& writer) { return writer.usage(from); });
      pipeline_.set_usage(from, rows);
    } catch (const base::Failure& failure) {
      dependencies_.log.error("the use of limits could not be read, trying again: " + failure.error().message);
      co_return;
    }
  }
}

void Process::note_absence(base::Time now) {
  if (heard_) {
    pipeline_.set_unwatched(heard_->silent(now),
                            "nothing was heard from its collector for " +
                                std::to_string(HeardSources::silent_after.count()) +
                                " s: is it running, and does it reach Redis, or the daemon that it delivers to?",
                            now);
    return;
  }
  if (dependencies_.collectors == nullptr) return;
  const auto [servers, why] = dependencies_.collectors->absence(now);
  pipeline_.set_unwatched(servers, why, now);
}

}  // namespace davylamp::app
