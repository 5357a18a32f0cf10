// What the serve role itself lost.
#pragma once

#include <vector>

#include "api/auth/auth_service.hpp"
#include "api/dto/house.hpp"
#include "api/live_hub.hpp"
#include "api/server.hpp"

namespace davylamp::api {

std::vector<RoleLoss> losses_of(const HubStats& hub, const AuthStats& auth, const ServerStats& server);

}  // namespace davylamp::api
