// The key that a report shows.
#pragma once

#include <string_view>

#include "api/http.hpp"
#include "base/text.hpp"

namespace davylamp::api {

// "Authorization: Bearer KEY", or else "X-API-Key: KEY"; empty when there is neither.
inline std::string_view report_key(const Request& request) {
  constexpr std::string_view scheme = "bearer ";
  const auto header = request.header("authorization");
  if (base::to_lower(header.substr(0, scheme.size())) == scheme) return base::trim(header.substr(scheme.size()));
  return base::trim(request.header("x-api-key"));
}

}  // namespace davylamp::api
