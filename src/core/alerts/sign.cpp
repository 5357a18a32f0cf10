#include "core/alerts/sign.hpp"

#include "base/codec.hpp"

namespace davylamp::core {

std::string Topic::key() const {
  return std::string(base::json::enum_name(condition)) + "/" + aspect + "/" + subject;
}

Topic Topic::of(const model::Incident& incident) {
  Topic topic{incident.condition, incident.subject, {}};
  const auto first = incident.key.find('/');
  if (first == std::string::npos) return topic;
  const auto second = incident.key.find('/', first + 1);
  if (second != std::string::npos) topic.aspect = incident.key.substr(first + 1, second - first - 1);
  return topic;
}

bool is_occasion(model::ConditionKind condition) {
  using enum model::ConditionKind;
  return condition == agent_exit_changed || condition == user_connected || condition == user_disconnected ||
         condition == user_new_country || condition == user_returns;
}

}  // namespace davylamp::core
