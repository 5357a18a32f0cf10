// Users as somebody sees them who sees only some servers: by their sessions there. Pure.
#pragma once

#include <vector>

#include "api/scope.hpp"
#include "contract/queries.hpp"
#include "model/session.hpp"

namespace davylamp::api {

// What these sessions say of each user, in the order and as many as the query asks for; its cursor is ignored.
contract::UserPage users_of(const std::vector<model::Session>& sessions, const contract::UserQuery& query);

}  // namespace davylamp::api
