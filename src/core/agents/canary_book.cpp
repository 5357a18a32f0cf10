#include "core/agents/canary_book.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace davylamp::core {

std::string canary_probe(std::string_view name) {
  if (const auto dot = name.rfind('.'); dot != std::string_view::npos) name.remove_prefix(dot + 1);
  const auto dash = name.find('-');
  const bool numbered = dash != std::string_view::npos && dash > 0 &&
                        std::ranges::all_of(name.substr(0, dash), [](char c) { return c >= '0' && c <= '9'; });
  if (numbered) name.remove_prefix(dash + 1);
  return base::to_lower(name);
}

void CanaryBook::drop_oldest() {
  probes_.erase(order_.front().second);
  order_.pop_front();
}

CanaryBook::Probe& CanaryBook::probe_of(std::string key, base::Time at) {
  const auto [place, added] = probes_.try_emplace(key);
  auto& probe = place->second;
  if (added) {
    order_.emplace_back(at, std::move(key));
    if (order_.size() > most_probes) drop_oldest();
  }
  return probe;
}

std::string CanaryBook::add(const model::CanarySighting& sighting) {
  auto& probe = probe_of(canary_probe(sighting.canary), sighting.at);
  auto& asked = probe.proof.asked;
  const auto name = base::to_lower(sighting.canary);
  const bool known = std::ranges::any_of(
      asked, [&](const auto& one) { return one.name == name && one.sighting.resolver == sighting.resolver; });
  if (known || asked.size() >= most_sightings) return {};
  asked.push_back({name, sighting});
  return probe.agent;
}

const CanaryProof& CanaryBook::claim(std::string_view probe, const std::string& agent, base::Time at) {
  auto& found = probe_of(canary_probe(probe), at);
  found.agent = agent;
  return found.proof;
}

const CanaryProof* CanaryBook::find(std::string_view probe) const {
  const auto found = probes_.find(canary_probe(probe));
  return found == probes_.end() ? nullptr : &found->second.proof;
}

void CanaryBook::forget(base::Time now) {
  while (!order_.empty() && (order_.front().first + kept < now || order_.front().first > now + kept)) drop_oldest();
}

}  // namespace davylamp::core
