// What is wrong with one agent's tunnel: from single looks to findings that stand.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "model/agent.hpp"

namespace davylamp::core {

// What one look showed. `weight` is how sure it is of itself: two looks of weight 1 make a finding, one of weight 2
// does at once.
struct Shown {
  model::FindingKind kind = model::FindingKind::failed;
  std::uint32_t weight = 1;
  std::string text;
  std::vector<model::EvidenceLine> evidence;
};

model::Finding* find_finding(std::vector<model::Finding>& findings, model::FindingKind kind);
const model::Finding* find_finding(const std::vector<model::Finding>& findings, model::FindingKind kind);

// Counts looks in a row, per kind. Lost with a restart: what stands is in Agent::findings.
class FindingBook {
 public:
  static constexpr std::uint32_t enough = 2;
  // True when the finding begins.
  bool show(std::vector<model::Finding>& findings, Shown shown, base::Time at);
  // A look that tested it and found nothing; `weight` as above. True when the finding ends.
  bool clear(std::vector<model::Finding>& findings, model::FindingKind kind, std::uint32_t weight);
  // Looks until now do not count.
  void forget(model::FindingKind kind) { counts_[static_cast<std::size_t>(kind)] = {}; }

 private:
  struct Count {
    std::uint32_t shown = 0;
    std::uint32_t clean = 0;
    base::Time first_at{};
  };
  static constexpr std::size_t kinds = static_cast<std::size_t>(model::FindingKind::clock) + 1;
  std::array<Count, kinds> counts_{};
};

}  // namespace davylamp::core
