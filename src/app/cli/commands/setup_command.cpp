#include <algorithm>

#include "app/cli/command.hpp"
#include "app/setup/setup.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

struct UndoReport {
  bool ok = false;
  std::vector<std::string> sentences;
};
BOOST_DESCRIBE_STRUCT(UndoReport, (), (ok, sentences))

bool confirmed(const Call& call, std::string_view question) {
  call.world.out << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(call.world.in, answer);
  return answer == "y" || answer == "yes";
}

int undo(const Call& call, const std::string& root) {
  Changes changes(root);
  const bool dry = call.arguments.has("--dry-run");
  auto undone = changes.preview();
  if (!dry && !undone.sentences.empty()) {
    if (!call.json && !call.arguments.has("--yes")) {
      for (const auto& sentence : undone.sentences) call.world.out << base::printable(sentence) << "\n";
      if (!confirmed(call, "Take this back?")) return exit_failed;
    }
    undone = changes.undo();
  }
  if (call.json) {
    call.world.out << base::json::write(UndoReport{undone.failures == 0, undone.sentences}) << "\n";
    return undone.failures == 0 ? exit_ok : exit_failed;
  }
  for (const auto& sentence : undone.sentences) call.world.out << base::printable(sentence) << "\n";
  if (undone.sentences.empty()) {
    call.world.out << "nothing to do: setup has changed nothing on this host\n";
  } else if (!dry && undone.failures == 0) {
    call.world.out
        << "OpenVPN keeps what it has read until its next restart. /run/davylamp is gone with the next start "
           "of this host.\n";
  }
  return undone.failures == 0 ? exit_ok : exit_failed;
}

bool holds(const SetupReport& report, SetupState state) {
  return std::ranges::any_of(report.servers, [&](const ServerSetup& server) { return server.state == state; });
}

int exit_code(const SetupReport& report) {
  const bool bad = holds(report, SetupState::refused) || holds(report, SetupState::failed) || report.servers.empty();
  return bad ? exit_failed : exit_ok;
}

std::vector<std::string> wanted_servers(const Call& call) {
  std::vector<std::string> wanted = call.arguments.names;
  if (const auto names = call.arguments.value("--server")) {
    for (const auto name : base::split(*names, ',')) wanted.emplace_back(name);
  }
  return wanted;
}

}  // namespace

int run_setup_openvpn(const Call& call) {
  const bool dry = call.arguments.has("--dry-run");
  const bool unasked = dry || call.arguments.has("--yes");
  auto root = call.arguments.value("--root").value_or(call.world.root);
  while (root.ends_with('/')) root.pop_back();
  const auto wanted = wanted_servers(call);
  if (call.json && !unasked) return usage_error(call, "setup openvpn: --json needs --dry-run or --yes");
  if (call.arguments.has("--undo")) {
    if (!wanted.empty()) return usage_error(call, "setup openvpn: --undo takes everything back; it takes no servers");
    return undo(call, root);
  }
  SetupPaths paths;
  paths.config = call.config_path;
  if (const auto hook = call.arguments.value("--hook")) paths.hook = *hook;
  if (!paths.config.starts_with('/') || !paths.hook.starts_with('/')) {
    return usage_error(call, "setup openvpn: --config and --hook need absolute paths");
  }
  OpenvpnSetup setup(root, paths);
  auto report = setup.plan(wanted);
  if (!call.json && !unasked && holds(report, SetupState::planned)) {
    call.world.out << setup_text(report);
    if (!confirmed(call, "Change these files?")) return exit_failed;
  }
  if (!dry) setup.carry_out(report);
  call.world.out << (call.json ? base::json::write(report) + "\n" : setup_text(report));
  return exit_code(report);
}

}  // namespace davylamp::app
