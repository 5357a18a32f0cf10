#include "sim/script.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/text.hpp"
#include "sim/command_line_words.hpp"

namespace davylamp::sim {
namespace {

// verb -> how many words follow
const std::map<std::string_view, std::size_t, std::less<>>& verbs() {
  static const std::map<std::string_view, std::size_t, std::less<>> all{
      {"signal", 1}, {"die", 0},   {"freeze", 0}, {"come", 1}, {"leave", 1}, {"vanish", 1},
      {"move", 3},   {"float", 1}, {"active", 1}, {"idle", 1}, {"kill", 1}};
  return all;
}

base::Result<ScriptLine> parse_line(std::string_view text) {
  auto words = command_words(text);
  if (!words) return std::unexpected(words.error());
  ScriptLine line;
  if (words->empty()) return line;
  double seconds = -1;
  const auto& first = words->front();
  const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), seconds);
  if (error != std::errc{} || end != first.data() + first.size() || seconds < 0) {
    return base::fail("script", "does not begin with a number of seconds");
  }
  if (words->size() < 3) return base::fail("script", "must read: SECONDS SERVER|* VERB ...");
  const auto verb = verbs().find((*words)[2]);
  if (verb == verbs().end()) return base::fail("script", "there is no verb " + base::printable((*words)[2]));
  if (words->size() != 3 + verb->second) {
    return base::fail("script", std::string(verb->first) + " takes " + std::to_string(verb->second) + " words");
  }
  line.at = base::Milliseconds{static_cast<std::int64_t>(seconds * 1000)};
  line.server = (*words)[1];
  line.words.assign(words->begin() + 2, words->end());
  return line;
}

}  // namespace

base::Result<std::vector<ScriptLine>> parse_script(std::string_view text) {
  std::vector<ScriptLine> lines;
  std::size_t number = 0;
  for (const auto row : base::split(text, '\n')) {
    ++number;
    auto line = parse_line(row);
    if (!line) return base::fail("script", "line " + std::to_string(number) + ": " + line.error().message);
    line->number = number;
    if (!line->words.empty()) lines.push_back(std::move(*line));
  }
  std::ranges::sort(lines, {}, [](const ScriptLine& line) { return std::pair(line.at, line.number); });
  return lines;
}

void carry_out(const ScriptLine& line, Server& server) {
  const auto& verb = line.words[0];
  if (verb == "die") return server.die();
  if (verb == "freeze") return server.freeze();
  const auto& name = line.words[1];
  if (verb == "signal") server.signal(name);
  if (verb == "come") server.come(name);
  if (verb == "leave") server.leave(name, false);
  if (verb == "vanish") server.leave(name, true);
  if (verb == "float") server.float_away(name);
  if (verb == "active" || verb == "idle") server.set_active(name, verb == "active");
  if (verb == "kill") server.kill_name(name);
  if (verb == "move") {
    server.move(name, base::parse_number<std::uint64_t>(line.words[2]).value_or(0),
                base::parse_number<std::uint64_t>(line.words[3]).value_or(0));
  }
}

}  // namespace davylamp::sim
