// Who answers for names, and whether that is within the tunnel. Looks at one report and what the canary zone saw of it;
// pure. A client subnet (ECS) says for whom was asked, not who asked: it is never judged.
#pragma once

#include <string>
#include <vector>

#include "core/agents/exit_rules.hpp"

namespace davylamp::core {

// So many names of the canary zone are asked for by one probe.
inline constexpr std::size_t canary_names_per_probe = 3;

// How the canary zone was asked for one probe's names.
struct CanaryProof {
  struct Asked {
    std::string name;
    model::CanarySighting sighting;
  };
  std::vector<Asked> asked;  // each name and resolver once
};

struct ResolverOutcome {
  std::vector<model::EvidenceLine> lines;  // one per resolver, the worst first
  std::uint32_t judged = 0;                // sightings about which something can be said
  std::uint32_t outside = 0;               // sightings of resolvers that are not expected
  bool real = false;                       // one of those is of the site itself
  std::string text;                        // when `outside` > 0
  std::vector<model::Address> expected;    // those that are as they should be
};

// `standing_exits`: where the exit is known to be when the report itself does not say.
ResolverOutcome judge_resolvers(const ExitLook& look, const CanaryProof& canary,
                                const std::vector<model::Place>& standing_exits);

}  // namespace davylamp::core
