// From an answer to the bytes of its head: caching, compression and the headers that every response carries. Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/http.hpp"
#include "api/static_files.hpp"
#include "base/time.hpp"

namespace davylamp::api {

struct Outgoing {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::shared_ptr<const std::string> body;  // null when none is sent: HEAD, 204, 304
};

// Of a GET or HEAD answered by 200: ETag, If-None-Match (304) and `no-cache`; of everything else `no-store`. A response
// that sets a cookie or its own Cache-Control is left alone. Text above 1 KiB is compressed when the caller takes gzip.
Outgoing prepare_answer(const Request& request, Response response);
// Takes GET and HEAD only.
Outgoing prepare_file(const Request& request, const StaticFile& file);

struct HeadFacts {
  bool secure = false;
  bool keep_alive = true;
  std::optional<base::Time> now;  // absent: no Date
};

// Status line and headers to the empty line. Control characters in names and values are dropped: nothing that was put
// into a header can begin another.
std::string head_text(const Outgoing& outgoing, const HeadFacts& facts);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::string http_date(base::Time time);

}  // namespace davylamp::api
