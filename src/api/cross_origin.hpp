// Pages of other origins that may read the API (CORS). Only what the operator lists, compared letter by letter; only
// GET and HEAD. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/http.hpp"

namespace davylamp::api {

// The answer to a browser that asks beforehand (OPTIONS with Access-Control-Request-Method); nothing when the request
// is no such question, or its origin is not listed.
std::optional<Response> answer_preflight(const Request& request, std::span<const std::string> origins);

// Adds to the headers of an answer of the API: that it depends on Origin, and, to a listed origin that reads, that it
// may see the answer, cookies included.
void allow_cross_origin(std::vector<std::pair<std::string, std::string>>& headers, const Request& request,
                        std::span<const std::string> origins);

}  // namespace davylamp::api
