// Entity tags: a browser that has the same content is told so instead of sent it.
#pragma once

#include <string>
#include <string_view>

namespace davylamp::api {

// A weak tag made from the content (BLAKE2b, 128 bits). Weak because gzip and plain forms share it.
std::string make_etag(std::string_view content);
// Whether an If-None-Match header names the tag (weak comparison, RFC 9110, 13.1.2) or is "*".
bool etag_matches(std::string_view if_none_match, std::string_view etag);

}  // namespace davylamp::api
