// The way to the identity provider and back (OpenID Connect, authorization code). The browser walks it, so that what
// goes wrong is told by the page: it is led there with the reason behind the '#'.
#include "api/answer.hpp"
#include "api/cookies.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

constexpr std::string_view sign_on_path = "/api/v1/oidc";
constexpr std::string_view callback_path = "/api/v1/oidc/callback";

Response lead_to(const std::string& url) {
  Response response;
  response.status = 303;
  response.content_type.clear();
  response.headers.emplace_back("Location", url);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

std::string page_of(const Request& request) {
  return request.base_path + "/";
}

Response not_signed_in(const Request& request, const Refusal& refusal) {
  return lead_to(page_of(request) + "#signed-out=" + refusal.name);
}

// The same at the start and at the end, as the provider demands.
std::string redirect_url(const Resources& resources, const Request& request) {
  if (!resources.sign_on.redirect_url.empty()) return resources.sign_on.redirect_url;
  const auto host = request.host.empty() ? std::string(request.header("host")) : request.host;
  return (request.secure ? "https://" : "http://") + host + request.base_path + std::string(callback_path);
}

std::string parameter(const Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

}  // namespace

io::Task<Response> get_oidc_start(Resources& resources, const Call& call) {
  const auto way = co_await resources.auth.start_sign_on(redirect_url(resources, call.request));
  if (!way && way.error().status == 404) co_return refusal_response(call.request, way.error());
  if (!way) co_return not_signed_in(call.request, way.error());
  auto response = lead_to(way->url);
  // The provider leads here from its own site, and the browser is to send this along.
  set_cookie(response, call.request,
             {sign_on_cookie, way->state, sign_on_path, AuthService::sign_on_patience, SameSite::lax});
  co_return response;
}

io::Task<Response> get_oidc_callback(Resources& resources, const Call& call) {
  const auto& request = call.request;
  AuthService::SignOnReturn back{parameter(request, "code"), parameter(request, "state"),
                                 cookie_of(request, sign_on_cookie), redirect_url(resources, request)};
  const bool declined = !parameter(request, "error").empty();
  if (declined) back.code.clear();
  const auto result = co_await resources.auth.finish_sign_on(std::move(back), request.remote_address);
  if (!result && result.error().status == 404) co_return refusal_response(request, result.error());
  auto response = result ? lead_to(page_of(request)) : not_signed_in(request, result.error());
  if (result) set_tokens(response, request, *result);
  set_cookie(response, request, {sign_on_cookie, "", sign_on_path, base::Seconds{0}, SameSite::lax});
  co_return response;
}

}  // namespace davylamp::api
