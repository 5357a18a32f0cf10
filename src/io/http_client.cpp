#include "io/http_client.hpp"

#include <curl/curl.h>

#include <array>

#include "base/text.hpp"

namespace davylamp::io {
namespace {

struct Exchange {
  const HttpClient::Stopping* stopping = nullptr;
  HttpAnswer answer;
  bool too_large = false;
};

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  if (exchange.answer.body.size() + (size * count) > HttpClient::most_answer_bytes) {
    exchange.too_large = true;
    return 0;
  }
  exchange.answer.body.append(bytes, size * count);
  return size * count;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& headers = static_cast<Exchange*>(user)->answer.headers;
  const std::string_view line(bytes, size * count);
  if (line.starts_with("HTTP/")) headers.clear();  // what came before was of an interim answer
  constexpr std::size_t most_headers = 100;
  const auto colon = line.find(':');
  if (colon != std::string_view::npos && headers.size() < most_headers) {
    headers.insert_or_assign(base::to_lower(line.substr(0, colon)), std::string(base::trim(line.substr(colon + 1))));
  }
  return size * count;
}

// libcurl asks about once a second, also while it looks up a name or waits.
int is_stopping(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& stopping = *static_cast<Exchange*>(user)->stopping;
  return stopping && stopping() ? 1 : 0;
}

base::Error error_of(CURLcode code, const Exchange& exchange) {
  if (exchange.too_large) return {"too_large", "the answer is longer than a megabyte"};
  switch (code) {
    case CURLE_ABORTED_BY_CALLBACK:
      return {"stopped", "given up, because Davylamp stops"};
    case CURLE_OPERATION_TIMEDOUT:
      return {"timeout", "no answer in time"};
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {"unreachable", "the name of the host could not be looked up"};
    case CURLE_COULDNT_CONNECT:
      return {"unreachable", "the connection was refused or found no way"};
    case CURLE_PEER_FAILED_VERIFICATION:
      return {"untrusted", "its certificate is not trusted"};
    case CURLE_SSL_CACERT_BADFILE:
      return {"untrusted", "the file of trusted certificates cannot be read"};
    case CURLE_URL_MALFORMAT:
      return {"bad_request", "the URL is not one of http or https"};
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {"unreachable", "whoever answers does not speak HTTP"};
    default:
      return {"unreachable", std::string("the exchange broke off: ") + curl_easy_strerror(code)};
  }
}

HeaderList header_list(const std::vector<std::string>& lines) {
  HeaderList list;
  for (const auto& line : lines) {
    auto* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) continue;
    (void)list.release();
    list.reset(longer);
  }
  return list;
}

bool is_safe(const std::vector<std::string>& lines) {
  for (const auto& line : lines) {
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) return false;
  }
  return true;
}

}  // namespace

struct HttpClient::Connection {
  struct Free {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  std::unique_ptr<CURL, Free> handle{curl_easy_init()};

  void prepare(const HttpRequest& request, Exchange& exchange) const {
    auto* curl = handle.get();
    curl_easy_reset(curl);  // keeps connections
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);  // never waits for a look-up that was given up
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_limit.count()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.limit.count()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_stopping);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Davylamp");
    if (request.ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, request.ca_file->c_str());
    if (!request.body) return;
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body->data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
  }
};

HttpClient::HttpClient(Stopping stopping)
    : stopping_(std::move(stopping)), connection_(std::make_unique<Connection>()) {}
HttpClient::~HttpClient() = default;

base::Result<HttpAnswer> HttpClient::ask(const HttpRequest& request) {
  auto* curl = connection_->handle.get();
  if (curl == nullptr) return base::fail("unreachable", "libcurl could not be started");
  if (!is_safe(request.headers)) return base::fail("bad_request", "a header holds a line end");
  Exchange exchange;
  exchange.stopping = &stopping_;
  connection_->prepare(request, exchange);
  auto lines = request.headers;
  lines.emplace_back("Expect:");  // a body of a few kilobytes need not be announced
  const auto list = header_list(lines);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
  const auto code = curl_easy_perform(curl);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, nullptr);
  if (code != CURLE_OK) return std::unexpected(error_of(code, exchange));
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &exchange.answer.status);
  return std::move(exchange.answer);
}

}  // namespace davylamp::io
