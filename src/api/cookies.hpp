// The cookies that a login sets: scripts cannot read them.
#pragma once

#include <string>
#include <string_view>

#include "api/auth/auth_service.hpp"
#include "api/http.hpp"

namespace davylamp::api {

inline constexpr std::string_view access_cookie = "davylamp_access";
inline constexpr std::string_view refresh_cookie = "davylamp_refresh";
// On the way to an identity provider and back.
inline constexpr std::string_view sign_on_cookie = "davylamp_sign_on";

// strict: other sites cannot make a browser send it. lax: it also comes along when one of them leads here.
enum class SameSite { strict, lax };

struct Cookie {
  std::string_view name;
  std::string_view value;
  std::string_view path;
  base::Seconds life{0};  // 0 deletes it
  SameSite same_site = SameSite::strict;
};

void set_cookie(Response& response, const Request& request, const Cookie& cookie);
// The tokens of a login.
void set_tokens(Response& response, const Request& request, const SignIn& result);
void drop_tokens(Response& response, const Request& request);
// Empty when there is none.
std::string cookie_of(const Request& request, std::string_view name);

}  // namespace davylamp::api
