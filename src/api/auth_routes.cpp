// Signing in and out. The tokens travel in cookies that scripts cannot read and other sites cannot send.
#include "api/answer.hpp"
#include "api/body.hpp"
#include "api/route_functions.hpp"
#include "base/codec_read.hpp"

namespace davylamp::api {
namespace {

constexpr std::string_view access_cookie = "davylamp_access";
constexpr std::string_view refresh_cookie = "davylamp_refresh";

struct Cookie {
  std::string_view name;
  std::string_view value;
  std::string_view path;
  base::Seconds life{0};  // 0 deletes it
};

void set_cookie(Response& response, const Request& request, const Cookie& cookie) {
  std::string line;
  line.append(cookie.name).append("=").append(cookie.value).append("; Path=").append(request.base_path + std::string(cookie.path));
  line.append("; Max-Age=").append(std::to_string(cookie.life.count())).append("; HttpOnly; SameSite=Strict");
  if (request.secure) line.append("; Secure");
  response.headers.emplace_back("Set-Cookie", std::move(line));
}

void drop_cookies(Response& response, const Request& request) {
  set_cookie(response, request, {access_cookie, "", "/api"});
  set_cookie(response, request, {refresh_cookie, "", "/api/v1/auth"});
}

Response signed_in(const Request& request, const SignIn& result) {
  auto response = json_response(result.me);
  set_cookie(response, request, {access_cookie, result.access_token, "/api", AuthService::access_life});
  if (result.refresh_token) {
    set_cookie(response, request, {refresh_cookie, *result.refresh_token, "/api/v1/auth", AuthService::refresh_life});
  }
  return response;
}

std::string refresh_token_of(const Request& request) {
  const auto found = request.cookies.find(std::string(refresh_cookie));
  return found == request.cookies.end() ? std::string() : found->second;
}

}  // namespace

io::Task<Response> post_login(Resources& resources, const Call& call) {
  const auto& request = call.request;
  if (!is_json(request)) {
    co_return refusal_response(request, {415, "json-only", "Send the login as application/json.", std::nullopt});
  }
  auto login = base::json::read<LoginRequest>(request.body);
  if (!login || login->account.empty() || login->password.empty()) {
    const auto detail = login ? std::string("account and password must not be empty") : login.error().message;
    co_return refusal_response(request, {400, "bad-body", "The login cannot be read: " + detail, std::nullopt});
  }
  const auto result = co_await resources.auth.login(std::move(*login), request.remote_address);
  co_return result ? signed_in(request, *result) : refusal_response(request, result.error());
}

io::Task<Response> post_refresh(Resources& resources, const Call& call) {
  const auto& request = call.request;
  const auto token = refresh_token_of(request);
  if (token.empty()) {
    co_return refusal_response(request, {401, "signed-out", "Nobody is signed in here.", std::nullopt});
  }
  const auto result = co_await resources.auth.refresh(token, request.remote_address);
  if (result) co_return signed_in(request, *result);
  auto response = refusal_response(request, result.error());
  drop_cookies(response, request);
  co_return response;
}

io::Task<Response> post_logout(Resources& resources, const Call& call) {
  const auto token = refresh_token_of(call.request);
  if (!token.empty()) co_await resources.auth.logout(token, call.request.remote_address);
  Response response;
  response.status = 204;
  response.content_type.clear();
  drop_cookies(response, call.request);
  co_return response;
}

}  // namespace davylamp::api
