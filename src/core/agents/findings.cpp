#include "core/agents/findings.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::core {

using model::Finding;
using model::FindingKind;

Finding* find_finding(std::vector<Finding>& findings, FindingKind kind) {
  const auto found = std::ranges::find(findings, kind, &Finding::kind);
  return found == findings.end() ? nullptr : &*found;
}

const Finding* find_finding(const std::vector<Finding>& findings, FindingKind kind) {
  const auto found = std::ranges::find(findings, kind, &Finding::kind);
  return found == findings.end() ? nullptr : &*found;
}

bool FindingBook::show(std::vector<Finding>& findings, Shown shown, base::Time at) {
  auto& count = counts_[static_cast<std::size_t>(shown.kind)];
  count.clean = 0;
  if (count.shown == 0) count.first_at = at;
  count.shown = std::min(count.shown + shown.weight, enough);
  auto* standing = find_finding(findings, shown.kind);
  if (standing == nullptr && count.shown < enough) return false;
  const bool begins = standing == nullptr;
  if (begins) {
    // In order of kind, which is that of weight.
    const auto place = std::ranges::upper_bound(findings, shown.kind, {}, &Finding::kind);
    standing = &*findings.insert(place, Finding{shown.kind, count.first_at, at, {}, {}});
  }
  standing->last_at = at;
  standing->text = std::move(shown.text);
  standing->evidence = std::move(shown.evidence);
  return begins;
}

bool FindingBook::clear(std::vector<Finding>& findings, FindingKind kind, std::uint32_t weight) {
  auto& count = counts_[static_cast<std::size_t>(kind)];
  count.shown = 0;
  if (find_finding(findings, kind) == nullptr) return false;
  count.clean += weight;
  if (count.clean < enough) return false;
  count = {};
  std::erase_if(findings, [&](const Finding& finding) { return finding.kind == kind; });
  return true;
}

}  // namespace davylamp::core
