// Joins what the canary zone was asked with who was to ask it, whichever comes first. Bounded; what is over is dropped.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/agents/resolver_rules.hpp"

namespace davylamp::core {

// The probe of a name below the zone: "2-4f3a", "2.4f3a" and "4f3a" are of probe "4f3a". Without regard to case, which
// resolvers change.
std::string canary_probe(std::string_view name);

class CanaryBook {
 public:
  static constexpr std::size_t most_probes = 32'768;
  static constexpr std::size_t most_sightings = 16;  // of one probe
  static constexpr base::Seconds kept{600};

  // Whose probe this name is of; empty when nobody has reported it yet.
  std::string add(const model::CanarySighting& sighting);
  // A heartbeat says that the probe is this agent's. What was asked so far.
  const CanaryProof& claim(std::string_view probe, const std::string& agent, base::Time at);
  const CanaryProof* find(std::string_view probe) const;
  void forget(base::Time now);

 private:
  struct Probe {
    std::string agent;
    CanaryProof proof;
  };
  Probe& probe_of(std::string key, base::Time at);
  void drop_oldest();
  std::unordered_map<std::string, Probe> probes_;
  std::deque<std::pair<base::Time, std::string>> order_;
};

}  // namespace davylamp::core
