#include "sources/openvpn/status_rows.hpp"

#include <span>
#include <utility>

#include "sources/openvpn/decimal.hpp"
#include "sources/openvpn/real_address.hpp"
#include "sources/openvpn/status_time.hpp"

namespace davylamp::openvpn {
namespace {

constexpr std::array<std::pair<std::string_view, Column>, 14> column_names{{
    {"Common Name", Column::common_name},
    {"Real Address", Column::real_address},
    {"Virtual Address", Column::virtual_address},
    {"Virtual IPv6 Address", Column::virtual_address6},
    {"Bytes Received", Column::rx_bytes},
    {"Bytes Sent", Column::tx_bytes},
    {"Connected Since", Column::connected_text},
    {"Connected Since (time_t)", Column::connected_at},
    {"Username", Column::username},
    {"Client ID", Column::client_id},
    {"Peer ID", Column::peer_id},
    {"Data Channel Cipher", Column::cipher},
    {"Last Ref", Column::last_ref_text},
    {"Last Ref (time_t)", Column::last_ref_at},
}};

constexpr std::string_view no_way = "the row has more fields than columns and cannot be told apart";
constexpr std::string_view many_ways =
    "the row is ambiguous: its names hold commas and it can be read in more than one way";

// Where each column of a row is, given how many extra fields belong to the common name and to the username.
struct Spread {
  std::size_t in_common_name = 0;
  std::size_t in_username = 0;
};

class FieldPicker {
 public:
  FieldPicker(const LineFields& fields, std::size_t first, Spread spread)
      : fields_(fields), first_(first), spread_(spread) {}

  std::string_view pick(const RowLayout& layout, Column column) const {
    if (!layout.has(column)) return {};
    const std::size_t index = layout.index(column);
    std::size_t field = first_ + index;
    if (is_behind(layout, index, Column::common_name)) field += spread_.in_common_name;
    if (is_behind(layout, index, Column::username)) field += spread_.in_username;
    std::size_t last = field;
    if (column == Column::common_name) last += spread_.in_common_name;
    if (column == Column::username) last += spread_.in_username;
    return last == field ? fields_.at[field] : fields_.join(field, last);
  }

 private:
  static bool is_behind(const RowLayout& layout, std::size_t index, Column name) {
    return layout.has(name) && index > layout.index(name);
  }

  const LineFields& fields_;
  std::size_t first_;
  Spread spread_;
};

// The same for a row that has as many fields as columns: by far the most.
class PlainPicker {
 public:
  PlainPicker(const LineFields& fields, std::size_t first) : fields_(fields), first_(first) {}
  std::string_view pick(const RowLayout& layout, Column column) const {
    return layout.has(column) ? fields_.at[first_ + layout.index(column)] : std::string_view{};
  }

 private:
  const LineFields& fields_;
  std::size_t first_;
};

std::optional<std::int64_t> parse_seconds(std::string_view text) {
  constexpr std::uint64_t latest = 253402300799;  // the last second of the year 9999
  const auto value = parse_decimal(text);
  if (!value || *value > latest) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

template <class Picker>
std::string_view read_client_numbers(ClientRow& row, const Picker& picker, const RowLayout& layout) {
  const auto rx = parse_decimal(picker.pick(layout, Column::rx_bytes));
  const auto tx = parse_decimal(picker.pick(layout, Column::tx_bytes));
  if (!rx) return "Bytes Received is not a number";
  if (!tx) return "Bytes Sent is not a number";
  row.rx_bytes = *rx;
  row.tx_bytes = *tx;
  if (layout.has(Column::connected_at)) {
    row.connected_at = parse_seconds(picker.pick(layout, Column::connected_at));
    if (!row.connected_at) return "Connected Since (time_t) is not a time";
  } else if (layout.has(Column::connected_text) && !is_status_time(row.connected_text)) {
    return "Connected Since is not a time";
  }
  if (layout.has(Column::client_id)) {
    row.client_id = parse_decimal(picker.pick(layout, Column::client_id));
    if (!row.client_id) return "Client ID is not a number";
  }
  if (layout.has(Column::peer_id)) {
    row.peer_id = parse_decimal(picker.pick(layout, Column::peer_id));
    if (!row.peer_id) return "Peer ID is not a number";
  }
  return {};
}

template <class Picker>
ParsedClient read_client(const Picker& picker, const RowLayout& layout) {
  ParsedClient result;
  ClientRow& row = result.row;
  row.common_name = picker.pick(layout, Column::common_name);
  row.real_address = picker.pick(layout, Column::real_address);
  row.virtual_address = picker.pick(layout, Column::virtual_address);
  row.virtual_address6 = picker.pick(layout, Column::virtual_address6);
  row.connected_text = picker.pick(layout, Column::connected_text);
  row.username = picker.pick(layout, Column::username);
  row.cipher = picker.pick(layout, Column::cipher);
  result.fault = read_client_numbers(row, picker, layout);
  return result;
}

// What a reading must look like before it counts as one of the ways to read a row with commas in its names.
bool is_plausible(const ParsedClient& reading) {
  if (!reading.fault.empty()) return false;
  const ClientRow& row = reading.row;
  if (!parse_real_address(row.real_address)) return false;
  if (!row.virtual_address.empty() && !is_ipv4(row.virtual_address)) return false;
  if (!row.virtual_address6.empty() && !is_ipv6(row.virtual_address6)) return false;
  return row.connected_text.empty() || is_status_time(row.connected_text);
}

ParsedClient read_client_with_commas(const LineFields& fields, std::size_t first, const RowLayout& layout) {
  const std::size_t extra = fields.count - first - layout.size();
  const bool two_names = layout.has(Column::username);
  std::optional<ParsedClient> found;
  for (std::size_t in_name = two_names ? 0 : extra; in_name <= extra; ++in_name) {
    ParsedClient reading = read_client(FieldPicker(fields, first, {in_name, extra - in_name}), layout);
    if (!is_plausible(reading)) continue;
    if (found) return {{}, many_ways};
    found = reading;
  }
  if (!found) return {{}, no_way};
  return *found;
}

template <class Picker>
ParsedRoute read_route(const Picker& picker, const RowLayout& layout) {
  ParsedRoute result;
  RouteRow& row = result.row;
  row.virtual_address = picker.pick(layout, Column::virtual_address);
  row.common_name = picker.pick(layout, Column::common_name);
  row.real_address = picker.pick(layout, Column::real_address);
  row.last_ref_text = picker.pick(layout, Column::last_ref_text);
  if (layout.has(Column::last_ref_at)) {
    row.last_ref_at = parse_seconds(picker.pick(layout, Column::last_ref_at));
    if (!row.last_ref_at) result.fault = "Last Ref (time_t) is not a time";
  } else if (layout.has(Column::last_ref_text) && !is_status_time(row.last_ref_text)) {
    result.fault = "Last Ref is not a time";
  }
  if (row.virtual_address.empty()) result.fault = "the route has no address";
  return result;
}

}  // namespace

void RowLayout::add(Column column) {
  if (size_ == most_columns) return;
  std::int8_t& index = index_[static_cast<std::size_t>(column)];
  if (index < 0) index = static_cast<std::int8_t>(size_);
  columns_[size_++] = column;
}

RowLayout RowLayout::from_header(const LineFields& header, std::size_t first) {
  RowLayout layout;
  for (std::size_t i = first; i < header.count; ++i) {
    Column column = Column::other;
    for (const auto& [name, candidate] : column_names) {
      if (header.at[i] == name) column = candidate;
    }
    layout.add(column);
  }
  return layout;
}

RowLayout RowLayout::assumed_for_clients(std::size_t columns) {
  using enum Column;
  static constexpr std::array<Column, 7> until_2_2{common_name, real_address,   virtual_address, rx_bytes,
                                                   tx_bytes,    connected_text, connected_at};
  static constexpr std::array<Column, 8> of_2_3{common_name, real_address,   virtual_address, rx_bytes,
                                                tx_bytes,    connected_text, connected_at,    username};
  static constexpr std::array<Column, 12> since_2_4{common_name, real_address, virtual_address, virtual_address6,
                                                    rx_bytes,    tx_bytes,     connected_text,  connected_at,
                                                    username,    client_id,    peer_id,         cipher};
  std::span<const Column> chosen;
  if (columns == until_2_2.size()) chosen = until_2_2;
  if (columns == of_2_3.size()) chosen = of_2_3;
  if (columns == 11) chosen = std::span(since_2_4).first(11);  // 2.4 has no cipher column
  if (columns >= since_2_4.size()) chosen = since_2_4;
  RowLayout layout;
  for (const Column column : chosen) layout.add(column);
  return layout;
}

RowLayout RowLayout::assumed_for_routes(std::size_t columns) {
  RowLayout layout;
  layout.add(Column::virtual_address);
  layout.add(Column::common_name);
  layout.add(Column::real_address);
  layout.add(Column::last_ref_text);
  if (columns >= 5) layout.add(Column::last_ref_at);
  return layout;
}

RowLayout RowLayout::version1_clients() {
  RowLayout layout;
  layout.add(Column::common_name);
  layout.add(Column::real_address);
  layout.add(Column::rx_bytes);
  layout.add(Column::tx_bytes);
  layout.add(Column::connected_text);
  return layout;
}

bool RowLayout::reads_clients() const {
  return has(Column::common_name) && has(Column::real_address) && has(Column::rx_bytes) && has(Column::tx_bytes);
}

bool RowLayout::reads_routes() const {
  return has(Column::virtual_address) && has(Column::common_name) && has(Column::real_address);
}

ParsedClient parse_client_row(const LineFields& fields, std::size_t first, const RowLayout& layout) {
  const std::size_t count = fields.count - first;
  if (!layout.reads_clients() || count < layout.size()) return {{}, "the row has fewer fields than there are columns"};
  if (fields.overflow) return {{}, no_way};
  if (count > layout.size()) return read_client_with_commas(fields, first, layout);
  return read_client(PlainPicker(fields, first), layout);
}

ParsedRoute parse_route_row(const LineFields& fields, std::size_t first, const RowLayout& layout) {
  const std::size_t count = fields.count - first;
  if (!layout.reads_routes() || count < layout.size()) return {{}, "the route has fewer fields than there are columns"};
  if (fields.overflow) return {{}, no_way};
  if (count == layout.size()) return read_route(PlainPicker(fields, first), layout);
  // Only the common name can hold the separator, so there is one way to read a route.
  ParsedRoute result = read_route(FieldPicker(fields, first, {count - layout.size(), 0}), layout);
  if (!parse_real_address(result.row.real_address)) result.fault = no_way;
  return result;
}

}  // namespace davylamp::openvpn
