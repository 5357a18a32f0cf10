// HTTP/1.1 over a Unix socket, as much as the commands need to talk to the daemon of this host.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace davylamp::app {

struct ControlRequest {
  std::string method = "GET";
  std::string target;  // "/api/v1/limits"
  std::string body;    // JSON; empty: none
};

struct ControlAnswer {
  std::uint32_t status = 0;
  std::string body;
};

// One request, one connection. Blocks for at most `patience`. Fails with "no_daemon" when nobody answers at the socket,
// "forbidden" when this user may not use it, "bad_answer" when what comes back is no HTTP or too much; each says what
// to do. An HTTP error is an answer.
base::Result<ControlAnswer> ask_daemon(const std::string& socket_path, const ControlRequest& request,
                                       std::chrono::milliseconds patience = std::chrono::seconds{15});

// The answer in `bytes`, which the server has ended by closing the connection. Never throws on input.
base::Result<ControlAnswer> parse_answer(std::string_view bytes);

}  // namespace davylamp::app
