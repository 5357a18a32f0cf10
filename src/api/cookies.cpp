#include "api/cookies.hpp"

namespace davylamp::api {
namespace {

constexpr std::string_view access_path = "/api";
constexpr std::string_view refresh_path = "/api/v1/auth";

}  // namespace

void set_cookie(Response& response, const Request& request, const Cookie& cookie) {
  std::string line;
  line.append(cookie.name).append("=").append(cookie.value);
  line.append("; Path=").append(request.base_path).append(cookie.path);
  line.append("; Max-Age=").append(std::to_string(cookie.life.count())).append("; HttpOnly; SameSite=");
  line.append(cookie.same_site == SameSite::strict ? "Strict" : "Lax");
  if (request.secure) line.append("; Secure");
  response.headers.emplace_back("Set-Cookie", std::move(line));
}

void set_tokens(Response& response, const Request& request, const SignIn& result) {
  set_cookie(response, request, {access_cookie, result.access_token, access_path, AuthService::access_life});
  if (!result.refresh_token) return;
  const auto life =
      result.me.origin == model::AccountOrigin::oidc ? AuthService::sign_on_life : AuthService::refresh_life;
  set_cookie(response, request, {refresh_cookie, *result.refresh_token, refresh_path, life});
}

void drop_tokens(Response& response, const Request& request) {
  set_cookie(response, request, {access_cookie, "", access_path});
  set_cookie(response, request, {refresh_cookie, "", refresh_path});
}

std::string cookie_of(const Request& request, std::string_view name) {
  const auto found = request.cookies.find(std::string(name));
  return found == request.cookies.end() ? std::string() : found->second;
}

}  // namespace davylamp::api
