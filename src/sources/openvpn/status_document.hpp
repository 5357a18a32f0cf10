#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sources/openvpn/real_address.hpp"
#include "sources/openvpn/status_reader.hpp"
#include "sources/openvpn/status_time.hpp"

namespace davylamp::openvpn {

// A client row, with what the rest of the text says about it.
struct StatusClient {
  ClientRow row;
  RealAddress real;
  std::string_view virtual_address;  // the row's own, or that of its only host route
  std::string_view virtual_address6;
  std::optional<std::string_view> username;  // absent when none was sent
  std::optional<std::int64_t> connected_at;  // UNIX seconds
  // Whether a route leads to it. Looked up only for rows that lack a virtual address.
  bool in_routing_table = false;
  // False for rows that are no session: handshakes, logins that wait or were refused.
  bool session = false;
};

enum class RouteKind : std::uint8_t { host, subnet, mac, other };

struct StatusRoute {
  RouteRow row;
  std::string_view virtual_address;  // without the `C` of a cached entry
  RealAddress real;
  RouteKind kind = RouteKind::other;
  bool cached = false;
};

struct StatusStatistic {
  std::string_view name;
  std::uint64_t value = 0;
};

// A whole status text in memory. All views point into the text, which must outlive it.
struct StatusDocument {
  StatusSummary summary;
  std::vector<StatusClient> clients;
  std::vector<StatusRoute> routes;
  std::vector<StatusStatistic> statistics;
  std::vector<StatusProblem> problems;  // in the order of the lines
  std::uint64_t sessions = 0;
};

// `zone` is where the times of texts without time_t columns (version 1) were written.
StatusDocument read_status_document(std::string_view text, const ServerZone& zone = {});

enum class KeepRoutes : std::uint8_t {
  all,
  where_needed,  // not when the rows of all clients have their addresses, as since 2.4: then they add nothing
};
// The same into a document whose memory is used again: what was in it is forgotten first.
void read_status_document(std::string_view text, const ServerZone& zone, KeepRoutes keep, StatusDocument& document);

}  // namespace davylamp::openvpn
