// What the transport tells about requests. Implemented by the program, which logs and counts; called on the server's
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/address.hpp"

namespace davylamp::api {

// Method and path come from a stranger: make them printable before they reach a terminal or a file. The query is left
// out on purpose.
struct RequestRecord {
  std::string id;
  std::string method;
  std::string path;
  model::Address remote_address;
  unsigned status = 0;
  std::uint64_t body_bytes = 0;  // of the response, as sent
  std::chrono::milliseconds took{0};
};

class RequestLog {
 public:
  virtual ~RequestLog() = default;
  // A response has been sent, or a live stream opened (status 101).
  virtual void answered(const RequestRecord& record) = 0;
  // Something broke inside while `task` ran: a request ("GET /api/v1/stats 1f2e3d4c") or a connection. Once per
  // failure.
  virtual void failed(std::string_view task, std::string_view why) = 0;
};

}  // namespace davylamp::api
