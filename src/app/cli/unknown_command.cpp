#include "app/cli/unknown_command.hpp"

#include <algorithm>
#include <vector>

#include "app/cli/command.hpp"
#include "app/config/schema.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

using Words = std::span<const std::string_view>;

// A longer one is no slip of the finger, and must not cost time.
constexpr std::size_t longest_guessed_bytes = 32;
constexpr std::size_t most_slips = 2;

std::string joined(Words words) {
  std::string text;
  for (const auto word : words) text += (text.empty() ? "" : " ") + base::printable(word);
  return text;
}

std::size_t shared_words(Words name, Words words) {
  return static_cast<std::size_t>(std::ranges::mismatch(name, words).in1 - name.begin());
}

// What may follow the first `known` of `words`.
std::string ways_on(Words words, std::size_t known) {
  std::vector<std::string> ways;
  for (const auto& command : commands()) {
    const auto name = base::split(command.name, ' ');
    if (name.size() > known && shared_words(name, words) >= known) ways.push_back(joined(Words(name).subspan(known)));
  }
  std::string text;
  for (std::size_t i = 0; i < ways.size(); ++i) text += (i == 0 ? "" : i + 1 == ways.size() ? " and " : ", ") + ways[i];
  return text;
}

std::string guess(std::string_view word) {
  std::string_view nearest;
  std::size_t least = most_slips + 1;
  if (word.size() <= longest_guessed_bytes) {
    for (const auto& command : commands()) {
      const auto first = command.name.substr(0, command.name.find(' '));
      const auto distance = edit_distance(word, first);
      if (distance >= least || distance >= first.size()) continue;
      least = distance;
      nearest = first;
    }
  }
  return nearest.empty() ? "" : "; did you mean " + std::string(nearest) + "?";
}

}  // namespace

std::string unknown_command(Words words) {
  std::size_t known = 0;
  for (const auto& command : commands()) known = std::max(known, shared_words(base::split(command.name, ' '), words));
  if (known == 0) {
    const auto guessed = guess(words.front());
    return "there is no command " + base::printable(words.front()) + (guessed.empty() ? "; " : guessed + " ") +
           "see davylamp help";
  }
  const auto topic = joined(words.first(known));
  const auto what = known == words.size() ? topic + ": it says what to do in one more word"
                                          : topic + ": there is no " + joined(words.first(known + 1));
  return what + "; there are " + ways_on(words, known) + "; see davylamp help " + topic;
}

}  // namespace davylamp::app
