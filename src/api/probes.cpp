#include "api/probes.hpp"

namespace davylamp::api {
namespace {

constexpr std::string_view alive_path = "/healthz";
constexpr std::string_view ready_path = "/readyz";

Response word(unsigned status, std::string_view text) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::string(text) + "\n";
  return response;
}

// The cheapest question: a row that is not there.
void ask(contract::StoreReader& reader) {
  (void)reader.session(0);
}

}  // namespace

bool is_probe(const Request& request) {
  return request.method == Method::get && (request.path == alive_path || request.path == ready_path);
}

io::Task<Response> answer_probe(const Request& request, Readiness readiness) {
  if (request.path == alive_path) co_return word(200, "ok");
  if (!readiness.view.loaded()) co_return word(503, "view");
  if (readiness.bus_trouble && readiness.bus_trouble()) co_return word(503, "bus");
  try {
    co_await readiness.reader.call([](contract::StoreReader& reader) { ask(reader); });
  } catch (const base::Failure&) {
    co_return word(503, "store");
  }
  co_return word(200, "ready");
}

}  // namespace davylamp::api
