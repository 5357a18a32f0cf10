// Whom an incident is about.
#pragma once

#include <string_view>

#include "model/incident.hpp"

namespace davylamp::model {

// Whether the subject of what this condition finds is the name of a VPN user.
constexpr bool is_of_user(ConditionKind condition) {
  using enum ConditionKind;
  switch (condition) {
    case quota_near:
    case quota_reached:
    case user_connected:
    case user_disconnected:
    case user_new_country:
    case user_absent:
    case user_returns:
    case warning:
      return true;
    default:
      return false;
  }
}

// Whether it would tell of this user, who is erased.
inline bool is_about_user(const Incident& incident, std::string_view user) {
  return incident.subject == user && is_of_user(incident.condition);
}

}  // namespace davylamp::model
