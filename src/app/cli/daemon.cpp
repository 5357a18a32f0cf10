#include "app/cli/daemon.hpp"

#include "api/dto/problem.hpp"

namespace davylamp::app {
namespace {

// What a problem says, and which member of the question it is about.
std::string told(const ControlAnswer& answer) {
  api::Problem problem;
  const auto body = base::json::parse(answer.body);
  base::json::Reader reader;
  if (body) reader.read(*body, problem);
  auto text = problem.detail.empty() ? problem.title : problem.detail;
  if (text.empty()) return "the daemon refused with HTTP status " + std::to_string(answer.status);
  if (problem.members) {
    for (const auto& [member, what] : *problem.members) {
      if (text.find(what) == std::string::npos) text.append("; ").append(member).append(": ").append(what);
    }
  }
  return text;
}

}  // namespace

std::string Daemon::ask(const ControlRequest& request) const {
  auto answer = base::value_or_throw(world_.ask_daemon(socket_path_, request));
  if (answer.status < 200 || answer.status >= 300) throw base::Failure("refused", told(answer));
  return std::move(answer.body);
}

void Daemon::complain(const std::vector<std::string>& problems) {
  for (const auto& problem : problems) {
    if (problem.ends_with("unknown key")) continue;
    throw base::Failure("bad_answer", "the daemon's answer is not understood: " + problem +
                                          "; are davylamp and davylampd of the same version?");
  }
}

}  // namespace davylamp::app
