#include "scenario.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::scenarios {
namespace {

constexpr std::array<std::string_view, 12> verbs{"up",    "down",    "seen",   "moved", "list",  "gone",
                                                 "final", "restart", "reboot", "crash", "again", "pass"};

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  for (const auto word : base::split(line, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

base::Milliseconds time_of(std::string_view word, const std::string& where) {
  if (!word.ends_with('s')) throw base::Failure("scenario", where + ": a time such as 12s comes first");
  const auto seconds = base::parse_number<std::int64_t>(word.substr(0, word.size() - 1));
  if (!seconds) throw base::Failure("scenario", where + ": " + std::string(word) + " is no time");
  return base::Seconds{*seconds};
}

}  // namespace

Scenario parse(std::string_view text, std::string name) {
  Scenario scenario{.name = std::move(name), .steps = {}, .expected = {}};
  Step source;
  int number = 0;
  for (const auto line : base::split(text, '\n')) {
    const auto where = scenario.name + ":" + std::to_string(++number);
    auto words = words_of(line);
    if (words.empty() || words[0].starts_with('#')) continue;
    if (words[0] == "source" && words.size() == 4) {
      source.node = words[1];
      source.kind = words[2];
      source.server = words[3];
    } else if (words[0] == "expect") {
      scenario.expected.push_back(std::string(line.substr(line.find("expect ") + 7)));
    } else {
      auto& step = scenario.steps.emplace_back(source);
      step.line = number;
      step.at = time_of(words[0], where);
      step.words.assign(words.begin() + 1, words.end());
      if (step.words.empty() || std::ranges::find(verbs, step.words[0]) == verbs.end())
        throw base::Failure("scenario", where + ": there is no such step");
    }
  }
  std::ranges::sort(scenario.steps, {}, [](const Step& step) { return std::pair(step.at, step.line); });
  std::ranges::sort(scenario.expected);
  return scenario;
}

}  // namespace davylamp::scenarios
