#include "api/answer.hpp"

#include "api/problem.hpp"

namespace davylamp::api {

Response refusal_response(const Request& request, const Refusal& refusal) {
  Problem problem;
  problem.type = "urn:davylamp:problem:" + refusal.name;
  problem.title = status_title(refusal.status);
  problem.status = refusal.status;
  problem.detail = refusal.detail;
  problem.request_id = request.id;
  Response response;
  response.status = refusal.status;
  response.content_type = "application/problem+json";
  if (refusal.retry_after) {
    problem.retry_after_seconds = static_cast<std::uint64_t>(refusal.retry_after->count());
    response.headers.emplace_back("Retry-After", std::to_string(refusal.retry_after->count()));
  }
  if (!refusal.members.empty()) problem.members = refusal.members;
  if (!refusal.challenge.empty()) problem.challenge = refusal.challenge;
  base::json::append(response.body, problem);
  return response;
}

}  // namespace davylamp::api
