// Who asks, where proxies stand between: X-Forwarded-For, -Proto and -Host, and Forwarded (RFC 7239). Pure. What these
// headers say counts only from a proxy that the operator trusts; from anybody else they are passed over.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.hpp"
#include "base/result.hpp"
#include "model/network.hpp"

namespace davylamp::api {

// One proxy's word on who asked it.
struct ForwardedHop {
  std::string node;   // "192.0.2.1", "[2001:db8::1]:4711", "unknown", "_hidden": not looked at yet
  std::string proto;  // lower case; empty: not said
  std::string host;   // empty: not said
  bool operator==(const ForwardedHop&) const = default;
};

// The Forwarded header, first hop first. What is not well-formed gives a hop that says nothing.
std::vector<ForwardedHop> parse_forwarded(std::string_view text);
// The X-Forwarded headers of a request, first hop first. Lists of -Proto and -Host are counted from their ends, as the
// addresses are; one value stands for every hop. Empty when there is none of the three.
std::vector<ForwardedHop> x_forwarded(const Request& request);
// "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]:80", "2001:db8::1"; an error for names and anything else.
base::Result<model::Address> parse_node(std::string_view text);

// The other end of the connection itself.
struct Neighbour {
  model::Address address;
  bool tls = false;
  bool proxy = false;  // trusted, whatever its address is
};

struct Asker {
  model::Address address;
  bool secure = false;
  std::string host;
  bool through_proxy = false;
};

// Goes from the last hop back to the first one that is no trusted proxy. A hop whose address cannot be read ends the
// walk at the proxy that told it. When both kinds of header name somebody and they differ, one of them is the
// client's own invention: an error, "forwarded".
base::Result<Asker> who_asks(const Request& request, const Neighbour& neighbour,
                             std::span<const model::Network> trusted);

bool any_contains(std::span<const model::Network> networks, const model::Address& address);

}  // namespace davylamp::api
