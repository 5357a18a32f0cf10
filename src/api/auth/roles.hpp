// Which role includes which.
#pragma once

#include "model/account.hpp"

namespace davylamp::api {

// Whether `role` may do everything that `other` may. An operator is no auditor, nor the other way round.
constexpr bool includes(model::Role role, model::Role other) {
  return role == model::Role::admin || role == other || other == model::Role::viewer;
}

// What a token of `role` may do while its account has the role `owner`: what both may.
constexpr model::Role within(model::Role owner, model::Role role) {
  if (includes(owner, role)) return role;
  return includes(role, owner) ? owner : model::Role::viewer;
}

}  // namespace davylamp::api
