// What callers are told of their rate.
#pragma once

#include "api/http.hpp"
#include "api/rates/bucket.hpp"

namespace davylamp::api {

// X-RateLimit-Limit: how many a minute; -Remaining: how many at once, now; -Reset: seconds until the bucket is full.
void add_rate_headers(Response& response, const Allowance& allowance, const Rate& rate);
// 429 with Retry-After and the headers above.
Response too_many_requests(const Request& request, const Allowance& allowance, const Rate& rate);

}  // namespace davylamp::api
