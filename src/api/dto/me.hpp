#pragma once

#include <boost/describe.hpp>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/account.hpp"

namespace davylamp::api {

// Who is signed in. `expires_at` is when the access token runs out and must be refreshed. `scope`: the server groups
// that the account sees; empty: every server.
struct Me {
  std::string account;
  model::Role role = model::Role::viewer;
  base::Time expires_at{};
  model::AccountOrigin origin = model::AccountOrigin::local;
  std::vector<std::string> scope{};
  bool second_factor = false;
};
BOOST_DESCRIBE_STRUCT(Me, (), (account, role, expires_at, origin, scope, second_factor))

// The body of POST /api/v1/auth/login.
struct LoginRequest {
  std::string account;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(LoginRequest, (), (account, password))

}  // namespace davylamp::api
