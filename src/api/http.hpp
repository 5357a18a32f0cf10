// HTTP as the routes see it: plain structs, no Beast. The transport (server.hpp) turns bytes into these and back.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "io/task.hpp"
#include "model/address.hpp"

namespace davylamp::api {

enum class Method { get, head, post, put, delete_, options, other };

// One request, within the transport's limits. Hostile: nothing in it is trusted.
struct Request {
  Method method = Method::get;
  std::string path;                            // percent-decoded, always begins with '/', no "." or ".." segments
  std::vector<std::string> segments;           // of the path as it was written, each decoded; none: those of `path`
  std::map<std::string, std::string> query;    // percent-decoded; of a repeated name the last
  std::map<std::string, std::string> headers;  // names in lower case; of a repeated name joined with ", "
  std::map<std::string, std::string> cookies;
  std::string body;
  model::Address remote_address;             // who asks: a trusted proxy's word counts, nobody else's
  bool secure = false;                       // the browser asked over TLS
  std::string host;                          // the name and port it asked for, as in the Host header
  std::string base_path;                     // what stands before `path` in the browser: "" or "/davylamp"
  std::optional<std::string> local_account;  // came over the control socket: the account, vouched for by the kernel
  std::string id;                            // for the log and for problem+json; made by the transport

  std::string_view header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view{} : std::string_view(found->second);
  }
};

// What tokens of programs begin with, so that they are known for what they are wherever they turn up.
inline constexpr std::string_view api_token_prefix = "dvl_";
// Such a request has nothing to do with cookies.
inline bool bears_api_token(const Request& request) {
  return request.header("authorization").starts_with("Bearer dvl_");
}

// `headers` are added to those that the transport sets on every response (security headers, length, date). The
// transport adds ETag and answers If-None-Match, compresses, and drops the body for HEAD. A body that many are answered
// with may be shared: it stands for `body`, and is sent as it is.
struct Response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::shared_ptr<const std::string> shared_body{};
  std::string etag{};  // where making one from the body would take too long
  std::vector<std::pair<std::string, std::string>> headers;
  bool cacheable = false;  // an immutable asset: may be kept for a year
};

// One viewer's end of the live stream. Destroyed when the socket closes.
class LiveConnection {
 public:
  virtual ~LiveConnection() = default;
  // Waits for the next text message; the same object is shared by all viewers. Null ends the connection.
  virtual io::Task<std::shared_ptr<const std::string>> next() = 0;
  // A text message from the viewer, at most 4 KiB.
  virtual void received(std::string_view text) = 0;
};

// What the transport serves. Both calls may throw: the transport logs it under the request's id and answers 500.
class Service {
 public:
  virtual ~Service() = default;
  virtual io::Task<Response> answer(Request request) = 0;
  // A WebSocket upgrade: a connection, or the response that refuses it.
  virtual io::Task<std::variant<Response, std::unique_ptr<LiveConnection>>> open_live(Request request) = 0;
};

}  // namespace davylamp::api
