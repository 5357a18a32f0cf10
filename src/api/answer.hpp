// What route functions answer: JSON, or a refusal.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "api/dto/problem.hpp"
#include "api/http.hpp"
#include "base/codec.hpp"
#include "base/time.hpp"

namespace davylamp::api {

// `name` ends the problem's type: "urn:davylamp:problem:<name>".
struct Refusal {
  unsigned status = 400;
  std::string name;
  std::string detail;
  std::optional<base::Seconds> retry_after;
  std::map<std::string, std::string> members{};  // what is wrong with which member of the body
  std::string challenge{};                       // that a second factor answers
};

// application/problem+json, with Retry-After when the refusal says so.
Response refusal_response(const Request& request, const Refusal& refusal);

template <class T>
Response json_response(const T& value) {
  Response response;
  base::json::append(response.body, value);
  return response;
}

}  // namespace davylamp::api
