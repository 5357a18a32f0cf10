#include "sources/openvpn/status_document.hpp"

#include <algorithm>
#include <functional>
#include <unordered_map>

namespace davylamp::openvpn {
namespace {

constexpr std::string_view undefined = "UNDEF";
constexpr std::uint64_t no_peer_id = 4294967295;  // UINT32_MAX: the row has no TLS state any more

RealAddress read_address(std::string_view text, std::optional<RealAddress> parsed) {
  return parsed ? *parsed : split_unreadable_address(text);
}

StatusRoute make_route(const RouteRow& row, const RealAddress& real) {
  StatusRoute route{row, row.virtual_address, real, RouteKind::other, false};
  std::string_view& address = route.virtual_address;
  if (address.ends_with('C') && !is_ipv6(address)) {
    address.remove_suffix(1);
    route.cached = true;
  }
  if (address.find('/') != std::string_view::npos) {
    route.kind = RouteKind::subnet;
  } else if (is_ipv4(address) || is_ipv6(address)) {
    route.kind = RouteKind::host;
  } else if (is_mac(address)) {
    route.kind = RouteKind::mac;
  }
  return route;
}

// More than any handshake moves, in both directions: only an open tunnel carries this.
bool moved_payload(const ClientRow& row) {
  constexpr std::uint64_t each_way_bytes = 256 * 1024;
  return row.rx_bytes > each_way_bytes && row.tx_bytes > each_way_bytes;
}

bool is_session(const StatusClient& client, StatusFormat format, bool unaddressed_tap) {
  const ClientRow& row = client.row;
  const bool bytes_moved = row.rx_bytes != 0 || row.tx_bytes != 0;
  const bool addressed = !row.virtual_address.empty() || !row.virtual_address6.empty();
  const bool has_address_column = format != StatusFormat::version1;
  if (row.peer_id == no_peer_id) return false;
  if (!row.common_name.empty() && row.common_name != undefined) {
    if (!has_address_column || addressed || client.in_routing_table) return true;
    return unaddressed_tap ? bytes_moved : moved_payload(row);
  }
  // Without certificates every row is UNDEF: then a place in the tunnel tells a session. A route alone is only a place
  // where there are no addresses: routes of a client that left stay a while, for the handshake that follows it from
  // the same port.
  if (addressed) return bytes_moved;
  const bool routed = client.in_routing_table && (unaddressed_tap || !has_address_column);
  const bool named_tap_user = unaddressed_tap && client.username.has_value();
  return ((routed || named_tap_user) && bytes_moved) || moved_payload(row);
}

class DocumentBuilder final : public StatusVisitor {
 public:
  DocumentBuilder(StatusDocument& document, const ServerZone& zone, KeepRoutes keep)
      : document_(document), zone_(zone), keep_(keep) {}

  void client(const ClientRow& row) override {
    auto& client = document_.clients.emplace_back();
    client.row = row;
    const auto real = parse_real_address(row.real_address);
    if (!real) unreadable_address(row.line);
    client.real = read_address(row.real_address, real);
    client.virtual_address = row.virtual_address;
    client.virtual_address6 = row.virtual_address6;
    if (!row.username.empty() && row.username != undefined) client.username = row.username;
    client.connected_at = row.connected_at ? row.connected_at : parse_status_time(row.connected_text, zone_);
    // A view without an address behind it: the text has no such column.
    const bool says_all = row.virtual_address6.data() != nullptr;
    if (!says_all || (row.virtual_address.empty() && row.virtual_address6.empty())) {
      ++unplaced_;
      return;
    }
    client.session = is_session(client, StatusFormat::version3, false);
    if (client.session) ++document_.sessions;
  }

  void route(const RouteRow& row) override {
    const bool all_placed = unplaced_ == 0 && !document_.clients.empty();
    if (keep_ == KeepRoutes::where_needed && all_placed) return;
    const auto real = parse_real_address(row.real_address);
    if (!real) unreadable_address(row.line);
    document_.routes.push_back(make_route(row, read_address(row.real_address, real)));
  }

  // Whether a route can tell something about a client that its row does not.
  bool lacks_addresses() const { return unplaced_ != 0; }

  void statistic(std::string_view name, std::uint64_t value) override { document_.statistics.push_back({name, value}); }
  void problem(const StatusProblem& problem) override { document_.problems.push_back(problem); }

 private:
  void unreadable_address(std::size_t line) {
    document_.problems.push_back({line, "the real address is not an address; the row is kept"});
  }

  StatusDocument& document_;
  const ServerZone& zone_;
  KeepRoutes keep_;
  std::size_t unplaced_ = 0;
};

// A client as the routing table names it.
struct NameAtAddress {
  std::string_view name;
  std::string_view real_address;
  bool operator==(const NameAtAddress&) const = default;
};

struct NameAtAddressHash {
  std::size_t operator()(const NameAtAddress& key) const {
    const std::hash<std::string_view> hash;
    return hash(key.name) * 31 + hash(key.real_address);
  }
};

// What the routing table says about the clients.
class RouteJoin {
 public:
  explicit RouteJoin(const StatusDocument& document) : document_(document) {
    for (const StatusClient& client : document.clients) {
      if (!is_wanted(client)) continue;
      by_address_[client.row.real_address];
      by_name_[{client.row.common_name, client.row.real_address}];
    }
    if (by_address_.empty()) return;
    for (const StatusClient& client : document.clients) count_client(client);
    for (std::size_t i = 0; i < document.routes.size(); ++i) add_route(i);
  }

  // Fills in what the row lacks.
  void fill(StatusClient& client) const {
    if (!is_wanted(client)) return;
    const Side& named = by_name_.at({client.row.common_name, client.row.real_address});
    const Side& addressed = by_address_.at(client.row.real_address);
    // The name in the routing table can differ from the one in the client list (it may change during a session), but
    // only a client that is alone behind its address may claim such a route.
    const bool alone = addressed.clients == 1;
    const Side& side = named.routes.empty() && alone ? addressed : named;
    client.in_routing_table = !side.routes.empty();
    // With two rows of one name behind one address (IPv6 has no port up to 2.6) nobody can tell whose route it is.
    if (side.clients == 1) fill_addresses(client, side);
  }

 private:
  struct Side {
    std::vector<std::size_t> routes;
    std::size_t clients = 0;
  };
  struct Candidates {
    std::string_view address;
    std::size_t count = 0;
    void add(std::string_view candidate) {
      address = candidate;
      ++count;
    }
  };

  // A text with columns for both addresses has said all there is once one of them is filled.
  bool is_wanted(const StatusClient& client) const {
    const bool unplaced = client.row.virtual_address.empty() && client.row.virtual_address6.empty();
    return unplaced || !document_.summary.has_virtual_address6;
  }

  void count_client(const StatusClient& client) {
    const auto addressed = by_address_.find(client.row.real_address);
    if (addressed == by_address_.end()) return;
    ++addressed->second.clients;
    const auto named = by_name_.find({client.row.common_name, client.row.real_address});
    if (named != by_name_.end()) ++named->second.clients;
  }

  void add_route(std::size_t index) {
    const RouteRow& row = document_.routes[index].row;
    const auto addressed = by_address_.find(row.real_address);
    if (addressed == by_address_.end()) return;
    addressed->second.routes.push_back(index);
    const auto named = by_name_.find({row.common_name, row.real_address});
    if (named != by_name_.end()) named->second.routes.push_back(index);
  }

  void fill_addresses(StatusClient& client, const Side& side) const {
    Candidates v4;
    Candidates v6;
    for (const std::size_t index : side.routes) {
      const StatusRoute& route = document_.routes[index];
      if (route.kind != RouteKind::host || route.cached) continue;
      (is_ipv4(route.virtual_address) ? v4 : v6).add(route.virtual_address);
    }
    if (client.virtual_address.empty() && v4.count == 1) client.virtual_address = v4.address;
    if (client.virtual_address6.empty() && v6.count == 1) client.virtual_address6 = v6.address;
  }

  const StatusDocument& document_;
  std::unordered_map<std::string_view, Side> by_address_;
  std::unordered_map<NameAtAddress, Side, NameAtAddressHash> by_name_;
};

// A bridged site that leaves addressing to a DHCP server of its own: nobody ever has a virtual address, the routing
// table holds MACs.
bool is_unaddressed_tap(const StatusDocument& document) {
  return std::ranges::any_of(document.routes, [](const StatusRoute& r) { return r.kind == RouteKind::mac; }) &&
         std::ranges::none_of(document.clients, [](const StatusClient& c) {
           return !c.virtual_address.empty() || !c.virtual_address6.empty();
         });
}

}  // namespace

StatusDocument read_status_document(std::string_view text, const ServerZone& zone) {
  StatusDocument document;
  read_status_document(text, zone, KeepRoutes::all, document);
  return document;
}

void read_status_document(std::string_view text, const ServerZone& zone, KeepRoutes keep, StatusDocument& document) {
  document.clients.clear();
  document.routes.clear();
  document.statistics.clear();
  document.problems.clear();
  document.sessions = 0;
  constexpr std::size_t usual_bytes_of_a_client = 256;  // its row and its routes
  document.clients.reserve(text.size() / usual_bytes_of_a_client + 1);
  if (keep == KeepRoutes::all) document.routes.reserve(text.size() / usual_bytes_of_a_client + 1);
  DocumentBuilder builder(document, zone, keep);
  document.summary = read_status(text, builder);
  document.summary.problems = document.problems.size();
  if (!document.summary.made_at) document.summary.made_at = parse_status_time(document.summary.made_text, zone);
  std::ranges::sort(document.problems, [](const StatusProblem& a, const StatusProblem& b) {
    return a.line != b.line ? a.line < b.line : a.what < b.what;
  });

  if (!builder.lacks_addresses()) return;
  document.sessions = 0;
  const RouteJoin join(document);
  const bool unaddressed_tap = is_unaddressed_tap(document);
  for (StatusClient& client : document.clients) {
    join.fill(client);
    client.session = is_session(client, document.summary.format, unaddressed_tap);
    if (client.session) ++document.sessions;
  }
}

}  // namespace davylamp::openvpn
