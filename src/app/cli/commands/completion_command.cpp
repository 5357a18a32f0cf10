#include <map>

#include "app/cli/command.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

// The words that may follow each beginning of a command: "" -> status, quota ...; "quota" -> list, set ...
struct Words {
  std::map<std::string, std::vector<std::string>> next;
  std::map<std::string, std::vector<std::string>> options;
};

Words words_of_commands() {
  Words words;
  words.next[""].emplace_back("help");
  for (const auto& command : commands()) {
    std::string before;
    for (const auto part : base::split(command.name, ' ')) {
      auto& list = words.next[before];
      if (std::ranges::find(list, part) == list.end()) list.emplace_back(part);
      before += (before.empty() ? "" : " ") + std::string(part);
    }
    auto& options = words.options[before];
    for (const auto option : command.options.flags) options.emplace_back(option);
    for (const auto option : command.options.values) options.emplace_back(option);
    options.emplace_back("--json");
    options.emplace_back("--help");
  }
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// "quota set": what the shell has to offer after it.
std::string offer(const Words& words, const std::string& before) {
  const auto next = words.next.find(before);
  const auto options = words.options.find(before);
  auto text = next == words.next.end() ? "" : joined(next->second);
  if (options != words.options.end()) text += (text.empty() ? "" : " ") + joined(options->second);
  return text;
}

std::string cases(const Words& words) {
  std::map<std::string, bool> befores;
  for (const auto& [before, list] : words.next) befores[before] = true;
  for (const auto& [before, list] : words.options) befores[before] = true;
  std::string text;
  for (const auto& [before, unused] : befores)
    text += "    \"" + before + "\") words=\"" + offer(words, before) + "\" ;;\n";
  return text;
}

// Both shells keep the words before the cursor and offer what their longest beginning that is a command allows.
std::string bash_script(const Words& words) {
  return "# davylamp completion bash > /etc/bash_completion.d/davylamp\n"
         "_davylamp_words() {\n  local words\n  case \"$1\" in\n" +
         cases(words) +
         "    *) return 1 ;;\n  esac\n  printf '%s' \"$words\"\n}\n"
         "_davylamp() {\n"
         "  local before='' word words current=\"${COMP_WORDS[COMP_CWORD]}\" i\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    word=\"${COMP_WORDS[i]}\"\n"
         "    case \"$word\" in --config) ((i++)); continue ;; -*) continue ;; esac\n"
         "    _davylamp_words \"${before:+$before }$word\" > /dev/null || break\n"
         "    before=\"${before:+$before }$word\"\n"
         "  done\n"
         "  words=$(_davylamp_words \"$before\")\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "}\n"
         "complete -o default -F _davylamp davylamp\n";
}

std::string zsh_script(const Words& words) {
  return "#compdef davylamp\n# davylamp completion zsh > /usr/local/share/zsh/site-functions/_davylamp\n"
         "_davylamp_words() {\n  local words\n  case \"$1\" in\n" +
         cases(words) +
         "    *) return 1 ;;\n  esac\n  print -r -- \"$words\"\n}\n"
         "_davylamp() {\n"
         "  local before='' word i\n"
         "  local -a offered\n"
         "  for ((i = 2; i < CURRENT; i++)); do\n"
         "    word=\"${words[i]}\"\n"
         "    case \"$word\" in (--config) ((i++)); continue ;; (-*) continue ;; esac\n"
         "    _davylamp_words \"${before:+$before }$word\" > /dev/null || break\n"
         "    before=\"${before:+$before }$word\"\n"
         "  done\n"
         "  offered=(${=\"$(_davylamp_words \"$before\")\"})\n"
         "  compadd -- $offered || _files\n"
         "}\n"
         "compdef _davylamp davylamp\n";
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("\\'") : std::string(1, c);
  return out + "'";
}

// Fish asks whether the words so far are exactly a beginning; the options of a command need only its name.
std::string fish_script(const Words& words) {
  std::string text =
      "# davylamp completion fish > /usr/share/fish/vendor_completions.d/davylamp.fish\n"
      "function __davylamp_at\n"
      "  set -l words\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    string match -q -- '-*' $word; or set -a words $word\n"
      "  end\n"
      "  test \"$words\" = \"$argv\"\n"
      "end\n"
      "function __davylamp_in\n"
      "  string match -q -- \"*davylamp $argv*\" (commandline -opc | string join ' ')\n"
      "end\n";
  for (const auto& [before, list] : words.next) {
    text += "complete -c davylamp -n " + quoted("__davylamp_at " + before) + " -a " + quoted(joined(list)) + "\n";
  }
  for (const auto& [before, list] : words.options) {
    for (const auto& option : list) {
      text += "complete -c davylamp -n " + quoted("__davylamp_in " + before) + " -l " + option.substr(2) + "\n";
    }
  }
  for (const auto& command : commands()) {
    text += "# " + std::string(command.name) + ": " + std::string(command.summary) + "\n";
  }
  return text;
}

}  // namespace

int run_completion(const Call& call) {
  const auto& names = call.arguments.names;
  const auto shell = names.size() == 1 ? names.front() : "";
  const auto words = words_of_commands();
  if (shell == "bash") {
    call.world.out << bash_script(words);
  } else if (shell == "zsh") {
    call.world.out << zsh_script(words);
  } else if (shell == "fish") {
    call.world.out << fish_script(words);
  } else {
    return usage_error(call, "completion: needs bash, zsh or fish");
  }
  return exit_ok;
}

}  // namespace davylamp::app
