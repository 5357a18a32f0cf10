// What is to happen when: a text of lines `SECONDS SERVER|* VERB [NAME [RX TX]]`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "sim/server.hpp"

namespace davylamp::sim {

struct ScriptLine {
  std::size_t number = 0;          // in the text, from 1
  base::Milliseconds at{};         // since the start
  std::string server;              // a name, or * for all
  std::vector<std::string> words;  // the verb and what follows it
};

// In the order of their times. Words may be quoted as in a management command; `#` begins a comment.
base::Result<std::vector<ScriptLine>> parse_script(std::string_view text);
void carry_out(const ScriptLine& line, Server& server);

}  // namespace davylamp::sim
