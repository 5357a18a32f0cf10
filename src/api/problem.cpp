#include "api/problem.hpp"

#include <algorithm>
#include <array>

#include "base/codec.hpp"

namespace davylamp::api {
namespace {

struct Title {
  unsigned status;
  std::string_view text;
};

constexpr std::array titles{
    Title{200, "OK"},
    Title{201, "Created"},
    Title{202, "Accepted"},
    Title{204, "No Content"},
    Title{303, "See Other"},
    Title{304, "Not Modified"},
    Title{308, "Permanent Redirect"},
    Title{400, "Bad Request"},
    Title{401, "Unauthorized"},
    Title{403, "Forbidden"},
    Title{404, "Not Found"},
    Title{405, "Method Not Allowed"},
    Title{408, "Request Timeout"},
    Title{409, "Conflict"},
    Title{411, "Length Required"},
    Title{412, "Precondition Failed"},
    Title{413, "Content Too Large"},
    Title{415, "Unsupported Media Type"},
    Title{417, "Expectation Failed"},
    Title{421, "Misdirected Request"},
    Title{422, "Unprocessable Content"},
    Title{426, "Upgrade Required"},
    Title{429, "Too Many Requests"},
    Title{431, "Request Header Fields Too Large"},
    Title{500, "Internal Server Error"},
    Title{501, "Not Implemented"},
    Title{503, "Service Unavailable"},
    Title{505, "HTTP Version Not Supported"},
};

}  // namespace

std::string_view status_title(unsigned status) {
  const auto* const found = std::ranges::find(titles, status, &Title::status);
  return found == titles.end() ? std::string_view("Error") : found->text;
}

Response make_problem(const std::string& request_id, unsigned status, std::string_view detail) {
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  auto& body = response.body;
  body += R"({"type":"about:blank","title":)";
  base::json::append(body, status_title(status));
  body += R"(,"status":)";
  base::json::append(body, status);
  body += R"(,"detail":)";
  base::json::append(body, detail);
  body += R"(,"request_id":)";
  base::json::append(body, request_id);
  body += '}';
  return response;
}

}  // namespace davylamp::api
