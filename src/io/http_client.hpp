// One HTTP exchange at a time, blocking: for what speaks to providers from a thread of its own. libcurl is linked here.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace davylamp::io {

// `url` is http or https. `headers` are whole lines without line ends; "Name: value". `ca_file`: a PEM file of those
// who are trusted besides nobody else; absent: those that the host trusts.
struct HttpRequest {
  std::string url;
  std::vector<std::string> headers;
  std::optional<std::string> body;  // absent: GET, else POST
  std::optional<std::string> ca_file;
  base::Milliseconds connect_limit{10'000};
  base::Milliseconds limit{20'000};
};

// Whatever the other side said, with any status.
struct HttpAnswer {
  long status = 0;
  std::map<std::string, std::string, std::less<>> headers;  // names in lower case; the last of several
  std::string body;
};

// One thread at a time. Connections are kept for the next exchange. No redirect is followed. The proxy variables of the
// environment (HTTPS_PROXY, NO_PROXY ...) hold.
class HttpClient {
 public:
  static constexpr std::size_t most_answer_bytes = 1'048'576;
  // Asked from inside ask(), at least once a second: true ends it with "stopped".
  using Stopping = std::function<bool()>;
  explicit HttpClient(Stopping stopping = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Errors: "stopped", "timeout", "unreachable", "untrusted" (its certificate), "too_large", "bad_request". The
  // sentences never hold the path or query of the URL.
  base::Result<HttpAnswer> ask(const HttpRequest& request);

 private:
  struct Connection;
  Stopping stopping_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace davylamp::io
