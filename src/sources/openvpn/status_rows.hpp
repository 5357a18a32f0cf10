#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sources/openvpn/status_scan.hpp"

namespace davylamp::openvpn {

// A row of the client list. Views point into the status text; what the file does not have is empty.
// rx is what the server received from the client ("Bytes Received").
struct ClientRow {
  std::string_view common_name;  // "UNDEF" while the TLS handshake is not done, or when there is no certificate
  std::string_view real_address;
  std::string_view virtual_address;
  std::string_view virtual_address6;
  std::string_view connected_text;  // the server's local time, as written
  std::string_view username;        // "UNDEF" when none was sent
  std::string_view cipher;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::optional<std::int64_t> connected_at;  // UNIX seconds, of the time_t column
  std::optional<std::uint64_t> client_id;
  std::optional<std::uint64_t> peer_id;
  std::size_t line = 0;  // 1-based
};

// A row of the routing table. The address is as written: it may be a subnet, a MAC, or end in `C` (a cached entry).
struct RouteRow {
  std::string_view virtual_address;
  std::string_view common_name;
  std::string_view real_address;
  std::string_view last_ref_text;
  std::optional<std::int64_t> last_ref_at;
  std::size_t line = 0;
};

enum class Column : std::uint8_t {
  common_name,
  real_address,
  virtual_address,
  virtual_address6,
  rx_bytes,
  tx_bytes,
  connected_text,
  connected_at,
  username,
  client_id,
  peer_id,
  cipher,
  last_ref_text,
  last_ref_at,
  other,
};

// Which field of a row is what. Made from a HEADER line by the names of its columns, or assumed from the number of
// fields when a file has no HEADER.
class RowLayout {
 public:
  static constexpr std::size_t most_columns = 32;

  // `first` is the field of the header line at which the column names begin.
  static RowLayout from_header(const LineFields& header, std::size_t first);
  static RowLayout assumed_for_clients(std::size_t columns);
  static RowLayout assumed_for_routes(std::size_t columns);
  static RowLayout version1_clients();

  std::size_t size() const { return size_; }
  Column column(std::size_t index) const { return columns_[index]; }
  bool has(Column column) const { return index_[static_cast<std::size_t>(column)] >= 0; }
  // The position of a column the layout has.
  std::size_t index(Column column) const { return static_cast<std::size_t>(index_[static_cast<std::size_t>(column)]); }
  bool reads_clients() const;
  bool reads_routes() const;

 private:
  void add(Column column);

  std::array<Column, most_columns> columns_{};
  std::array<std::int8_t, static_cast<std::size_t>(Column::other) + 1> index_ = [] {
    std::array<std::int8_t, static_cast<std::size_t>(Column::other) + 1> none{};
    none.fill(-1);
    return none;
  }();
  std::size_t size_ = 0;
};

// A row, or why it cannot be used: a sentence without full stop. The fault is empty when the row is good.
struct ParsedClient {
  ClientRow row;
  std::string_view fault;
};
struct ParsedRoute {
  RouteRow row;
  std::string_view fault;
};

// Read the fields from `first` on. More fields than columns mean that a name holds the separator: such a row is read
// if there is exactly one way to do so, anchored on the addresses, numbers and times.
ParsedClient parse_client_row(const LineFields& fields, std::size_t first, const RowLayout& layout);
ParsedRoute parse_route_row(const LineFields& fields, std::size_t first, const RowLayout& layout);

}  // namespace davylamp::openvpn
