#include "app/cli/command_line.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "app/cli/unknown_command.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

// The first words, when they are the name of a command.
const Command* find_command(std::span<const std::string_view> words) {
  const Command* found = nullptr;
  for (const auto& command : commands()) {
    const auto parts = base::split(command.name, ' ');
    if (parts.size() <= words.size() && std::ranges::equal(parts, words.first(parts.size()))) found = &command;
  }
  return found;
}

std::size_t words_in(std::string_view name) {
  return base::split(name, ' ').size();
}

std::string usage_text(const Command& command) {
  return "usage: davylamp " + std::string(command.name) + (command.synopsis.empty() ? "" : " ") +
         std::string(command.synopsis) + "\n  " + std::string(command.summary) + "\n";
}

std::string help_text() {
  std::size_t longest = 0;
  for (const auto& command : commands()) longest = std::max(longest, command.name.size());
  std::string text = "usage: davylamp [--config FILE] [--json] COMMAND ...\n\n";
  for (const auto& command : commands()) {
    text += "  " + std::string(command.name) + std::string(longest + 2 - command.name.size(), ' ') +
            std::string(command.summary) + "\n";
  }
  return text + "\ndavylamp help COMMAND tells a command's options. The configuration is " +
         std::string(default_config_path) + " unless --config names another.\n";
}

int help(std::span<const std::string_view> words, CliWorld& world) {
  if (words.empty()) {
    world.out << help_text();
    return exit_ok;
  }
  std::size_t shown = 0;
  for (const auto& command : commands()) {
    const auto parts = base::split(command.name, ' ');
    const auto count = std::min(parts.size(), words.size());
    if (!std::equal(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(count), words.begin())) continue;
    world.out << usage_text(command);
    ++shown;
  }
  if (shown > 0) return exit_ok;
  world.err << "davylamp: " << unknown_command(words) << "\n";
  return exit_usage;
}

// Options that may also stand before the command.
struct Globals {
  std::string config_path{default_config_path};
  bool json = false;
  bool help = false;
  bool bad = false;
  std::vector<std::string_view> rest;
};

// `decode` keeps its own words as they are, apart from --json, which it always does.
Globals take_globals(std::span<const std::string_view> words) {
  Globals globals;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") {
      globals.rest.insert(globals.rest.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
      break;
    }
    if (words[i] == "--json") {
      globals.json = true;
    } else if (words[i] == "--help" || words[i] == "-h") {
      globals.help = true;
    } else if (words[i] == "--config") {
      globals.bad = globals.bad || i + 1 == words.size();
      if (!globals.bad) globals.config_path = words[++i];
    } else if (words[i].starts_with("--config=")) {
      globals.config_path = words[i].substr(9);
    } else {
      globals.rest.push_back(words[i]);
    }
  }
  return globals;
}

int run(const Command& command, const Globals& globals, CliWorld& world) {
  const auto words = std::span(globals.rest).subspan(words_in(command.name));
  Arguments arguments;
  if (command.run != run_decode_command) {
    auto parsed = parse_arguments(words, command.options);
    if (!parsed) {
      world.err << "davylamp " << command.name << ": " << parsed.error().message << "; see davylamp help "
                << command.name << "\n";
      return exit_usage;
    }
    arguments = std::move(*parsed);
  }
  return command.run({world, arguments, globals.config_path, globals.json, words});
}

bool store_is_there(const Call& call, const Config& config) {
  if (config.store.url) return true;  // a server is asked by opening it
  std::error_code error;
  if (std::filesystem::exists(config.store.path, error)) return true;
  const auto why = error ? error.message() : "there is no store yet; davylampd makes it when it starts";
  call.world.err << "davylamp: " << base::printable(config.store.path) << ": " << why << "\n";
  return false;
}

}  // namespace

int run_command_line(std::span<const std::string_view> words, CliWorld& world) {
  const auto globals = take_globals(words);
  const std::span<const std::string_view> rest(globals.rest);
  if (globals.bad) {
    world.err << "davylamp: --config needs a file; see davylamp help\n";
    return exit_usage;
  }
  if (!rest.empty() && rest.front() == "help") return help(rest.subspan(1), world);
  if (rest.empty() && globals.help) return help({}, world);
  if (rest.empty()) {
    world.err << "davylamp: no command given; see davylamp help\n";
    return exit_usage;
  }
  const auto* command = find_command(rest);
  if (globals.help) return help(command == nullptr ? rest.first(1) : rest.first(words_in(command->name)), world);
  if (command == nullptr) {
    world.err << "davylamp: " << unknown_command(rest) << "\n";
    return exit_usage;
  }
  try {
    return run(*command, globals, world);
  } catch (const std::exception& failure) {
    world.err << "davylamp " << command->name << ": " << base::printable(failure.what()) << "\n";
    return exit_failed;
  }
}

std::optional<Config> config_or_complaint(const Call& call) {
  auto reading = load_config(call.config_path, call.world.environment);
  for (const auto& problem : reading.problems) call.world.err << "davylamp: " << base::printable(problem) << "\n";
  if (!reading.problems.empty()) return std::nullopt;
  return std::move(reading.config);
}

std::unique_ptr<contract::Store> store_or_complaint(const Call& call, const Config& config) {
  return store_is_there(call, config) ? call.world.open_store(config) : nullptr;
}

std::unique_ptr<contract::Store> store_to_look_at(const Call& call, const Config& config) {
  if (!call.world.look_at_store) return store_or_complaint(call, config);
  return store_is_there(call, config) ? call.world.look_at_store(config) : nullptr;
}

int usage_error(const Call& call, std::string_view text) {
  call.world.err << "davylamp: " << text << "; see davylamp help\n";
  return exit_usage;
}

}  // namespace davylamp::app
