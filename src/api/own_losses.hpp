// What the serve role itself lost.
#pragma once

#include <vector>

#include "api/auth/auth_service.hpp"
#include "api/dto/house.hpp"
#include "api/live_hub.hpp"
#include "api/rates/rate_limiter.hpp"
#include "api/server.hpp"

namespace davylamp::api {

std::vector<RoleLoss> losses_of(const HubStats& hub, const AuthStats& auth, const ServerStats& server);
std::vector<RoleLoss> losses_of(const RateLimiter& rates);

}  // namespace davylamp::api
