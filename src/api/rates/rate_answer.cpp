#include "api/rates/rate_answer.hpp"

#include <string>

#include "api/answer.hpp"

namespace davylamp::api {

void add_rate_headers(Response& response, const Allowance& allowance, const Rate& rate) {
  response.headers.emplace_back("X-RateLimit-Limit", std::to_string(rate.per_minute));
  response.headers.emplace_back("X-RateLimit-Remaining", std::to_string(allowance.remaining));
  response.headers.emplace_back("X-RateLimit-Reset", std::to_string(allowance.whole_in.count()));
}

Response too_many_requests(const Request& request, const Allowance& allowance, const Rate& rate) {
  const std::string detail = "Too many requests: " + std::to_string(rate.per_minute) + " a minute are taken.";
  auto response = refusal_response(request, {429, "too-many-requests", detail, allowance.retry_after});
  add_rate_headers(response, allowance, rate);
  return response;
}

}  // namespace davylamp::api
