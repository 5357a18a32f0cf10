// What is said about one condition of one subject: the input of everything that follows.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/incident.hpp"

namespace davylamp::core {

// What makes an incident one. `aspect` parts conditions that a subject can have more than one of (its limits); it has
// no slash.
struct Topic {
  model::ConditionKind condition = model::ConditionKind::agent_down;
  std::string subject;
  std::string aspect;
  auto operator<=>(const Topic&) const = default;

  // Incident::key: "quota_near/limit 3/anna".
  std::string key() const;
  static Topic of(const model::Incident& incident);
};

// An occasion has no end: it fires and is resolved at once.
bool is_occasion(model::ConditionKind condition);

// `holds`: the condition is true now; of an occasion always. A repeated `look` is no new one: it neither counts for
// N-of-M nor is another occasion. `since`: when it began, where the teller knows. `least`: at least so grave, whatever
// the rule says. `gone`: the subject is no more, so that there is nothing to wait for.
struct Sign {
  Topic topic;
  bool holds = false;
  bool gone = false;
  std::optional<std::uint64_t> look;
  std::optional<base::Time> since;
  std::optional<std::string> parent;
  model::Severity least = model::Severity::notice;
  std::map<std::string, std::string> values;
  std::vector<model::EvidenceLine> evidence;
};

}  // namespace davylamp::core
