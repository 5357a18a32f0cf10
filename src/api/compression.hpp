// Content coding: gzip only, which every browser takes.
#pragma once

#include <string>
#include <string_view>

namespace davylamp::api {

// Bodies below this are sent as they are: the gain would be less than a packet.
constexpr std::size_t gzip_threshold_bytes = 1024;

// Whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3): named or "*", with a weight above zero.
bool accepts_gzip(std::string_view accept_encoding);
// Text, JSON, JavaScript, SVG: worth compressing. Pictures and WOFF2 fonts are compressed already.
bool is_compressible(std::string_view content_type);

// fast: for answers made per request. small: for files compressed once. Throws Failure when zlib has no memory.
enum class GzipEffort { fast, small };
std::string gzip(std::string_view content, GzipEffort effort);
// For tests and clients; throws Failure on anything that is not one whole gzip member.
std::string gunzip(std::string_view compressed);

}  // namespace davylamp::api
