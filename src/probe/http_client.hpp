// A small HTTP/1.1 client: one question, one answer, both bounded.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "io/task.hpp"
#include "probe/family.hpp"
#include "probe/web_address.hpp"

namespace davylamp::probe {

struct HttpQuestion {
  WebAddress address;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;  // JSON; with one it is a POST, without a GET
  std::optional<Family> family;     // over this kind of IP and no other
  base::Milliseconds within{5'000};
  std::size_t most_bytes = 64 * 1024;  // of the answer's body, and of its header
  unsigned redirects = 0;              // how many are followed, on GET and never from https to http
  bool keep = false;                   // leave the connection open for the next question to this place
};

struct HttpAnswer {
  unsigned status = 0;
  std::map<std::string, std::string> headers;  // names in lower case; of those that come twice the last
  std::string body;
  base::Milliseconds took{};  // from the question sent to the answer read, on an open connection
};

// Certificates are checked against the system's authorities or those of `ca_file`, names included. TLS sessions are
// resumed. Belongs to one loop; must outlive its questions.
class HttpClient {
 public:
  struct Options {
    std::optional<std::string> ca_file;
    bool insecure = false;  // certificates are not checked: anybody on the way can read and answer
    std::string agent;      // the User-Agent header
  };
  // Throws Failure when `ca_file` cannot be used.
  HttpClient(boost::asio::any_io_executor executor, Options options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Throws Failure: "timeout", "no_address", "unreachable", "tls", "bad_answer"; each a sentence.
  io::Task<HttpAnswer> ask(HttpQuestion question);
  // Connections that were left open are closed, and names are resolved anew: the way out may have changed.
  void start_afresh();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace davylamp::probe
