// What is decided of a request by its header alone, before its body is read: who asks, whether they may ask at all, and
// whether a page of another site made a browser ask.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/connection.hpp"

namespace davylamp::api {

struct RequestHead {
  std::string_view target;
  std::size_t host_headers = 0;
  bool upgrade = false;  // to a WebSocket
  std::uint64_t body_bytes = 0;
};

// `request` has its method, headers and the neighbour's address; who asks, path and query are filled in. A response
// when it must not go further.
std::optional<Response> objection_to(const RequestHead& head, const Peer& peer, ConnectionContext& context,
                                     Request& request);

}  // namespace davylamp::api
