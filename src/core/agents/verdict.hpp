// The one word for an agent, and the sentence beside it. Pure.
#pragma once

#include <string>

#include "model/agent.hpp"

namespace davylamp::core {

struct VerdictFacts {
  bool learning = false;
  bool knows_exit = false;          // it has ever said where its traffic leaves
  std::uint32_t blind_reports = 0;  // in a row without any answer about its exit
  bool exposed = false;             // its tunnel is down and traffic leaves from the site's own address
  bool maintenance = false;
};

// From so many reports without an answer on its exit, nobody can say that it is sealed.
inline constexpr std::uint32_t most_blind_reports = 3;

bool is_leak(model::FindingKind kind);

struct Judged {
  model::Verdict verdict = model::Verdict::waiting;
  std::string sentence;
};
Judged judge(const model::Agent& agent, const VerdictFacts& facts);

}  // namespace davylamp::core
