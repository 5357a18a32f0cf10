#include "api/cross_origin.hpp"

#include <algorithm>

namespace davylamp::api {
namespace {

bool listed(std::span<const std::string> origins, std::string_view origin) {
  return !origin.empty() && std::ranges::find(origins, origin) != origins.end();
}

bool reads(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

}  // namespace

std::optional<Response> answer_preflight(const Request& request, std::span<const std::string> origins) {
  const auto origin = request.header("origin");
  const auto wanted = request.header("access-control-request-method");
  if (request.method != Method::options || wanted.empty() || !listed(origins, origin)) return std::nullopt;
  Response response;
  response.status = 204;
  response.content_type.clear();
  response.headers.emplace_back("Vary", "Origin");
  // Without the headers the browser refuses for us.
  if (!reads(wanted)) return response;
  response.headers.emplace_back("Access-Control-Allow-Origin", origin);
  response.headers.emplace_back("Access-Control-Allow-Credentials", "true");
  response.headers.emplace_back("Access-Control-Allow-Methods", "GET, HEAD");
  response.headers.emplace_back("Access-Control-Allow-Headers", "Authorization, If-None-Match");
  response.headers.emplace_back("Access-Control-Max-Age", "600");
  return response;
}

void allow_cross_origin(std::vector<std::pair<std::string, std::string>>& headers, const Request& request,
                        std::span<const std::string> origins) {
  if (origins.empty()) return;
  headers.emplace_back("Vary", "Origin");
  const bool reading = request.method == Method::get || request.method == Method::head;
  const auto origin = request.header("origin");
  if (!reading || !listed(origins, origin)) return;
  headers.emplace_back("Access-Control-Allow-Origin", origin);
  headers.emplace_back("Access-Control-Allow-Credentials", "true");
  headers.emplace_back("Access-Control-Expose-Headers",
                       "ETag, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset");
}

}  // namespace davylamp::api
