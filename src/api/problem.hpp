// Errors as application/problem+json (RFC 9457).
#pragma once

#include <string>
#include <string_view>

#include "api/http.hpp"

namespace davylamp::api {

// The words for a status ("Not Found"); "Error" for one that has none here.
std::string_view status_title(unsigned status);

// {"type":"about:blank","title","status","detail","request_id"}; `detail` is for the person who called and names no
// inner matter.
Response make_problem(const std::string& request_id, unsigned status, std::string_view detail);

}  // namespace davylamp::api
