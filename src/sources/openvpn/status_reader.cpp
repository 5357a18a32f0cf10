#include "sources/openvpn/status_reader.hpp"

#include <limits>

#include "sources/openvpn/client_ids.hpp"
#include "sources/openvpn/decimal.hpp"
#include "sources/openvpn/real_address.hpp"
#include "sources/openvpn/status_text.hpp"
#include "sources/openvpn/status_time.hpp"

namespace davylamp::openvpn {
namespace {

using namespace std::string_view_literals;

std::uint64_t add_saturating(std::uint64_t sum, std::uint64_t value) {
  return value > std::numeric_limits<std::uint64_t>::max() - sum ? std::numeric_limits<std::uint64_t>::max()
                                                                 : sum + value;
}

// How often each part of a text was seen.
struct PartCounts {
  unsigned titles = 0;
  unsigned times = 0;
  unsigned client_headers = 0;
  unsigned route_sections = 0;
  unsigned route_headers = 0;
  unsigned global_sections = 0;
  unsigned ends = 0;
};

class StatusReader {
 public:
  StatusReader(std::string_view text, StatusVisitor& visitor) : text_(text), visitor_(visitor) {}

  StatusSummary read() {
    summary_.format = status_text::sniff_format(text_);
    FieldScanner scanner(text_, summary_.format == StatusFormat::version3 ? '\t' : ',');
    LineFields fields;
    while (scanner.next(fields)) {
      ++line_;
      read_line(fields);
    }
    check_whole();
    summary_.has_virtual_address6 = clients_.has(Column::virtual_address6);
    summary_.complete = summary_.format != StatusFormat::unknown && defects_ == 0;
    return summary_;
  }

 private:
  enum class Section : std::uint8_t { preamble, clients, routes, global };

  void read_line(const LineFields& fields) {
    if (counts_.ends != 0) return read_line_after_end(fields);
    switch (summary_.format) {
      case StatusFormat::version2:
      case StatusFormat::version3:
        return read_tagged_line(fields);
      case StatusFormat::version1:
        return read_plain_line(fields);
      case StatusFormat::statistics:
        return read_statistics_line(fields);
      case StatusFormat::unknown:
        break;
    }
    if (!is_asynchronous(fields.line)) defect("the line is not part of any known status format");
  }

  // Rows come by far most often, so they are tried first.
  void read_tagged_line(const LineFields& fields) {
    const std::string_view tag = fields.at[0];
    if (fields.count > 1) {
      if (tag == "CLIENT_LIST"sv) return read_client(fields, 1);
      if (tag == "ROUTING_TABLE"sv) return read_route(fields, 1);
      if (tag == "TITLE"sv) return read_title(fields.at[1]);
      if (tag == "TIME"sv) return read_time(fields);
      if (tag == "HEADER"sv) return read_header(fields);
      if (tag == "GLOBAL_STATS"sv) return read_global(fields);
    }
    if (fields.line == status_text::end) return read_end();
    if (!is_asynchronous(fields.line)) defect("the line begins with no known tag");
  }

  void read_plain_line(const LineFields& fields) {
    if (fields.line == status_text::end) return read_end();
    if (fields.line == status_text::title1) return read_title({});
    if (fields.line == status_text::client_header1) return enter(Section::clients, counts_.client_headers);
    if (fields.line == status_text::routes1) return enter(Section::routes, counts_.route_sections);
    if (fields.line == status_text::route_header1) return enter(Section::routes, counts_.route_headers);
    if (fields.line == status_text::global1) return enter(Section::global, counts_.global_sections);
    // A common name may begin with `>` too: a row is a row before it is a notification.
    const bool row_expected = section_ == Section::clients || section_ == Section::routes;
    if (fields.line.starts_with('>') && !(row_expected && is_row(fields))) {
      is_asynchronous(fields.line);
      return;
    }
    switch (section_) {
      case Section::preamble:
        if (fields.line.starts_with(status_text::updated)) return read_updated(fields.line);
        return defect("the line does not belong in front of the client list");
      case Section::clients:
        return read_client(fields, 0);
      case Section::routes:
        return read_route(fields, 0);
      case Section::global:
        if (fields.count != 2) defect("the line is no global statistic");
        return;
    }
  }

  bool is_row(const LineFields& fields) const {
    if (section_ == Section::routes) return parse_route_row(fields, 0, routes_).fault.empty();
    const ParsedClient parsed = parse_client_row(fields, 0, clients_);
    return parsed.fault.empty() && parse_real_address(parsed.row.real_address).has_value();
  }

  void read_statistics_line(const LineFields& fields) {
    if (fields.line == status_text::end) return read_end();
    if (fields.line == status_text::statistics_title) return read_title({});
    if (fields.line.starts_with(status_text::updated)) return read_updated(fields.line);
    if (is_asynchronous(fields.line)) return;
    if (fields.count != 2) return defect("the line is no statistic");
    const auto value = parse_decimal(fields.at[1]);
    if (!value) return defect("the statistic is not a number");
    visitor_.statistic(fields.at[0], *value);
  }

  void read_line_after_end(const LineFields& fields) {
    if (fields.line.empty()) return;
    if (fields.line == status_text::end) {
      ++counts_.ends;
      return defect("END comes a second time: the text is torn");
    }
    // Builds with PACKET_TRUNCATION_CHECK append their counters behind END.
    if (fields.line.starts_with("HEADER,ERRORS,"sv) || fields.line.starts_with("ERRORS,"sv)) return;
    if (!is_asynchronous(fields.line)) defect("the line stands behind END: the text is torn");
  }

  void read_title(std::string_view title) {
    if (counts_.titles++ == 0 && line_ != summary_.asynchronous_lines + 1) defect("the title is not the first line");
    if (counts_.titles > 1) defect("the title comes a second time");
    summary_.version = status_text::openvpn_version(title);
  }

  void read_time(const LineFields& fields) {
    if (counts_.times++ != 0) return defect("the time comes a second time");
    summary_.made_text = fields.at[1];
    if (fields.count < 3) return defect("TIME lacks its time_t");
    const auto seconds = parse_decimal(fields.at[2]);
    if (!seconds || *seconds > std::numeric_limits<std::int32_t>::max() * std::uint64_t{64})
      return defect("TIME is not a time");
    summary_.made_at = static_cast<std::int64_t>(*seconds);
  }

  void read_updated(std::string_view line) {
    if (counts_.times++ != 0) return defect("the time comes a second time");
    summary_.made_text = line.substr(status_text::updated.size());
    if (!is_status_time(summary_.made_text)) defect("Updated is not followed by a time");
  }

  void enter(Section section, unsigned& count) {
    section_ = section;
    if (++count > 1) defect("the section begins a second time");
  }

  void read_header(const LineFields& fields) {
    if (fields.at[1] == "CLIENT_LIST"sv) {
      if (++counts_.client_headers > 1) return defect("the HEADER of CLIENT_LIST comes a second time");
      const RowLayout layout = RowLayout::from_header(fields, 2);
      if (!layout.reads_clients()) return defect("the HEADER of CLIENT_LIST lacks columns that every version has");
      clients_ = layout;
      clients_known_ = true;
    } else if (fields.at[1] == "ROUTING_TABLE"sv) {
      if (++counts_.route_headers > 1) return defect("the HEADER of ROUTING_TABLE comes a second time");
      const RowLayout layout = RowLayout::from_header(fields, 2);
      if (!layout.reads_routes()) return defect("the HEADER of ROUTING_TABLE lacks columns that every version has");
      routes_ = layout;
      routes_known_ = true;
    } else {
      defect("the HEADER names an unknown kind of row");
    }
  }

  void read_global(const LineFields& fields) {
    ++counts_.global_sections;
    if (fields.count != 3) return defect("the line is no global statistic");
    if (fields.at[1] == "dco_enabled"sv) summary_.dco_enabled = fields.at[2] == "1"sv;
  }

  void read_client(const LineFields& fields, std::size_t first) {
    const bool plain = summary_.format == StatusFormat::version1;
    if (!plain && !clients_known_) clients_ = RowLayout::assumed_for_clients(fields.count - first);
    ParsedClient parsed = parse_client_row(fields, first, clients_);
    if (parsed.fault.empty() && summary_.format == StatusFormat::version3 && fields.count - first != clients_.size()) {
      parsed.fault = "the row has more fields than there are columns";
    }
    if (!parsed.fault.empty()) return defect(parsed.fault);
    parsed.row.line = line_;
    ++summary_.clients;
    summary_.rx_bytes = add_saturating(summary_.rx_bytes, parsed.row.rx_bytes);
    summary_.tx_bytes = add_saturating(summary_.tx_bytes, parsed.row.tx_bytes);
    if (parsed.row.client_id) client_ids_.add(*parsed.row.client_id, line_);
    visitor_.client(parsed.row);
  }

  void read_route(const LineFields& fields, std::size_t first) {
    const bool plain = summary_.format == StatusFormat::version1;
    if (!plain && !routes_known_) routes_ = RowLayout::assumed_for_routes(fields.count - first);
    ParsedRoute parsed = parse_route_row(fields, first, routes_);
    if (parsed.fault.empty() && summary_.format == StatusFormat::version3 && fields.count - first != routes_.size()) {
      parsed.fault = "the route has more fields than there are columns";
    }
    if (!parsed.fault.empty()) return defect(parsed.fault);
    parsed.row.line = line_;
    ++summary_.routes;
    visitor_.route(parsed.row);
  }

  void read_end() { ++counts_.ends; }

  bool is_asynchronous(std::string_view line) {
    if (!line.starts_with('>')) return false;
    ++summary_.asynchronous_lines;
    return true;
  }

  void check_whole() {
    if (summary_.format == StatusFormat::unknown) return;
    if (counts_.titles == 0) defect("the title is missing");
    if (counts_.times == 0) defect("the time the text was made is missing");
    if (counts_.ends == 0) defect("END is missing: the text was cut off or is still being written");
    if (summary_.format == StatusFormat::statistics) return;
    if (counts_.client_headers == 0) defect("the column names of the client list are missing");
    if (counts_.route_headers == 0) defect("the column names of the routing table are missing");
    if (summary_.format == StatusFormat::version1 && counts_.route_sections == 0)
      defect("the routing table is missing");
    if (summary_.format == StatusFormat::version1 && counts_.global_sections == 0)
      defect("the global statistics are missing");
    if (const auto repeated = client_ids_.find_repeated()) {
      defect_at(repeated->line, "client id " + std::to_string(repeated->client_id) + " occurs twice: the text is torn");
    }
  }

  void defect(std::string_view what) { defect_at(line_, std::string(what)); }
  void defect_at(std::size_t line, std::string what) {
    ++defects_;
    ++summary_.problems;
    visitor_.problem({line, std::move(what)});
  }

  std::string_view text_;
  StatusVisitor& visitor_;
  StatusSummary summary_;
  PartCounts counts_;
  RowLayout clients_ = RowLayout::version1_clients();
  RowLayout routes_ = RowLayout::assumed_for_routes(4);
  bool clients_known_ = false;
  bool routes_known_ = false;
  Section section_ = Section::preamble;
  ClientIds client_ids_;
  std::size_t line_ = 0;
  std::uint64_t defects_ = 0;
};

}  // namespace

StatusSummary read_status(std::string_view text, StatusVisitor& visitor) {
  return StatusReader(text, visitor).read();
}

}  // namespace davylamp::openvpn
