// Signing in and out. The tokens travel in cookies that scripts cannot read and other sites cannot send.
#include "api/answer.hpp"
#include "api/body.hpp"
#include "api/cookies.hpp"
#include "api/dto/accounts.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"
#include "base/codec_read.hpp"

namespace davylamp::api {
namespace {

Response signed_in(const Request& request, const SignIn& result) {
  auto response = json_response(result.me);
  set_tokens(response, request, result);
  return response;
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

io::Task<Response> post_login_second_factor(Resources& resources, const Call& call) {
  const auto& request = call.request;
  auto answer = read_body<SecondFactorAnswer>(request);
  if (!answer) co_return std::move(answer.error());
  const auto result = co_await resources.auth.second_step(std::move(*answer), request.remote_address);
  co_return result ? signed_in(request, *result) : refusal_response(request, result.error());
}

io::Task<Response> post_refresh(Resources& resources, const Call& call) {
  const auto& request = call.request;
  const auto token = cookie_of(request, refresh_cookie);
  if (token.empty()) {
    co_return refusal_response(request, {401, "signed-out", "Nobody is signed in here.", std::nullopt});
  }
  const auto result = co_await resources.auth.refresh(token, request.remote_address);
  if (result) co_return signed_in(request, *result);
  auto response = refusal_response(request, result.error());
  drop_tokens(response, request);
  co_return response;
}

io::Task<Response> post_logout(Resources& resources, const Call& call) {
  const auto token = cookie_of(call.request, refresh_cookie);
  if (!token.empty()) co_await resources.auth.logout(token, call.request.remote_address);
  Response response;
  response.status = 204;
  response.content_type.clear();
  drop_tokens(response, call.request);
  co_return response;
}

io::Task<Response> get_login_options(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  LoginOptions options;
  options.ldap = resources.auth.mirror().has_directory();
  if (resources.auth.mirror().has_single_sign_on()) options.oidc = OidcOption{resources.sign_on.name};
  co_return json_response(options);
}

}  // namespace davylamp::api
