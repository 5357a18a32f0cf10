#include "core/alerts/rule_match.hpp"

#include <algorithm>

namespace davylamp::core {
namespace {

// 0: does not match.
std::size_t weight(const model::AlertRule& rule, std::string_view subject) {
  if (rule.subject.empty()) return 1;
  if (!is_glob(rule.subject)) return rule.subject == subject ? std::string_view::npos : 0;
  return matches_glob(rule.subject, subject) ? 1 + rule.subject.size() : 0;
}

bool covers(const model::Silence& silence, std::string_view subject, const std::optional<std::string>& parent) {
  if (silence.subject.empty() || matches_glob(silence.subject, subject)) return true;
  if (!parent) return false;
  if (matches_glob(silence.subject, *parent)) return true;
  const auto space = parent->find(' ');
  return space != std::string::npos && matches_glob(silence.subject, std::string_view(*parent).substr(space + 1));
}

bool in_force(const model::Silence& silence, base::Time now) {
  return silence.starts_at <= now && now < silence.ends_at;
}

}  // namespace

bool is_glob(std::string_view pattern) {
  return pattern.find_first_of("*?") != std::string_view::npos;
}

// Goes back to the last star only, so that it takes at most pattern times text steps.
bool matches_glob(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t in_pattern = 0;
  auto star = std::string_view::npos;
  std::size_t star_at = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      star_at = at;
    } else if (in_pattern < pattern.size() && (pattern[in_pattern] == '?' || pattern[in_pattern] == text[at])) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++star_at;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

const model::AlertRule* rule_for(const std::vector<model::AlertRule>& rules, model::ConditionKind condition,
                                 std::string_view subject) {
  const model::AlertRule* best = nullptr;
  std::size_t best_weight = 0;
  for (const auto& rule : rules) {
    if (!rule.enabled || rule.condition != condition) continue;
    const auto found = weight(rule, subject);
    const bool older = best != nullptr && found == best_weight && rule.id < best->id;
    if (found > best_weight || (found > 0 && older)) {
      best = &rule;
      best_weight = found;
    }
  }
  return best;
}

const model::Silence* silence_over(const std::vector<model::Silence>& silences, const model::Incident& incident,
                                   base::Time now) {
  const auto found = std::ranges::find_if(silences, [&](const auto& silence) {
    const bool condition = !silence.condition || *silence.condition == incident.condition;
    return condition && in_force(silence, now) && covers(silence, incident.subject, incident.parent);
  });
  return found == silences.end() ? nullptr : &*found;
}

bool in_maintenance(const std::vector<model::Silence>& silences, const std::string& agent,
                    const std::optional<std::string>& site, base::Time now) {
  const auto parent = site ? std::optional("site " + *site) : std::nullopt;
  return std::ranges::any_of(silences, [&](const auto& silence) {
    return silence.maintenance && !silence.condition && in_force(silence, now) && covers(silence, agent, parent);
  });
}

}  // namespace davylamp::core
