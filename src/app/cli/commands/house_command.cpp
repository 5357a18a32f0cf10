#include "api/dto/house.hpp"
#include "app/cli/daemon.hpp"
#include "app/cli/quantities.hpp"
#include "app/cli/text_table.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

std::string when_text(const std::optional<base::Time>& time) {
  return time ? time_text(*time) : "";
}

std::string state_of(const model::HouseJob& job) {
  if (!job.began_at) return "not yet";
  if (!job.ended_at || *job.ended_at < *job.began_at) return "running";
  return job.ok ? "done" : "failed";
}

std::string privacy_text(const api::Privacy& privacy) {
  std::string text = "mode " + base::printable(privacy.mode) + "\n\n";
  for (const auto& sentence : privacy.statement) text += base::printable(sentence) + "\n";
  TextTable table({{"KEPT"}, {"DAYS", Align::right}});
  for (const auto& [kind, days] : privacy.retention) table.add({kind, days == 0 ? "for ever" : std::to_string(days)});
  return text + "\n" + table.to_string();
}

}  // namespace

int run_jobs(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "jobs: takes no names; try davylamp jobs run NAME");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto list = Daemon(call, *config).get<api::JobList>("/api/v1/jobs");
  if (call.json) {
    call.world.out << base::json::write(list) << "\n";
    return exit_ok;
  }
  TextTable table({{"JOB"}, {"STATE"}, {"BEGAN"}, {"NEXT"}, {"RESULT"}});
  for (const auto& job : list.items) {
    table.add({job.name, state_of(job), when_text(job.began_at), when_text(job.next_at), job.text});
  }
  call.world.out << table.to_string();
  return exit_ok;
}

int run_jobs_run(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "jobs run: needs one NAME; davylamp jobs lists them");
  const auto& name = call.arguments.names.front();
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  Daemon(call, *config).ask({"POST", "/api/v1/jobs/" + base::percent_encoded(name) + "/run", ""});
  if (call.json) {
    call.world.out << "{\"started\":" << base::json::write(name) << "}\n";
  } else {
    call.world.out << base::printable(name) << " is started; davylamp jobs tells how it went\n";
  }
  return exit_ok;
}

int run_losses(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "losses: takes no names");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto list = Daemon(call, *config).get<api::LossList>("/api/v1/losses");
  if (call.json) {
    call.world.out << base::json::write(list) << "\n";
    return exit_ok;
  }
  TextTable table({{"PART"}, {"WHAT"}, {"COUNT", Align::right}, {"MEANS"}});
  for (const auto& loss : list.items) table.add({loss.role, loss.name, std::to_string(loss.count), loss.text});
  call.world.out << (list.items.empty() ? "Nothing was lost since the daemon started.\n" : table.to_string());
  return exit_ok;
}

int run_privacy_show(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "privacy show: takes no names");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto privacy = Daemon(call, *config).get<api::Privacy>("/api/v1/privacy");
  call.world.out << (call.json ? base::json::write(privacy) + "\n" : privacy_text(privacy));
  return exit_ok;
}

}  // namespace davylamp::app
