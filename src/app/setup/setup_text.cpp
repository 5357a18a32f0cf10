#include <algorithm>

#include "app/setup/setup.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

std::string_view state_text(SetupState state) {
  switch (state) {
    case SetupState::planned:
      return "would change";
    case SetupState::changed:
      return "changed";
    case SetupState::nothing_to_do:
      return "nothing to do";
    case SetupState::refused:
      return "left alone";
    case SetupState::failed:
      return "FAILED";
  }
  return "";
}

// Names of files are whatever their makers liked; tabs of a configuration stay.
void append_lines(std::string& out, std::string_view indent, std::string_view text) {
  for (auto rest = text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    out += indent;
    auto line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto parts = base::split(line, '\t');
    for (std::size_t i = 0; i < parts.size(); ++i) out += (i == 0 ? "" : "\t") + base::printable(parts[i]);
    out += '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

}  // namespace

std::string setup_text(const SetupReport& report) {
  std::string out;
  for (const auto& server : report.servers) {
    append_lines(out, "",
                 "== " + server.name + " (" + server.config_file + "): " + std::string(state_text(server.state)));
    const bool told = server.sentence.empty() || server.state == SetupState::nothing_to_do;
    if (!told) append_lines(out, "   ", server.sentence);
    for (const auto& file : server.diffs) append_lines(out, "", file.diff);
    for (const auto& note : server.notes) append_lines(out, "   note: ", note);
    out += '\n';
  }
  for (const auto& problem : report.problems) append_lines(out, "note: ", problem);
  std::vector<std::string> commands;
  for (const auto& server : report.servers) {
    if (server.state != SetupState::planned && server.state != SetupState::changed) continue;
    for (const auto& command : server.commands) {
      if (std::ranges::find(commands, command) == commands.end()) commands.push_back(command);
    }
  }
  if (commands.empty()) return out;
  // Davylamp last: by then the sockets are there.
  const auto daemon = std::ranges::find_if(
      commands, [](const std::string& text) { return text.find("davylampd") != std::string::npos; });
  if (daemon != commands.end()) std::rotate(daemon, daemon + 1, commands.end());
  out += "Nothing was restarted. To put it in force, when it suits:\n";
  for (const auto& command : commands) append_lines(out, "  ", command);
  return out;
}

}  // namespace davylamp::app
